import { declarationsAt } from './declarations-at.ts';
import { emitted } from './emitted.ts';
import { commentsOf, isCode, padded, prose, tokensOf, withoutComments } from './leak-tokens.ts';
import type { AddedLines } from './oracle.ts';

/** A shorter declaration is written alike by chance. */
const LEAST_TOKENS = 12;

/** What an oracle makes of the code, and which lines of it are the oracle's. */
interface Mended {
  sources: ReadonlyMap<string, string>;
  part: ReadonlyMap<string, AddedLines>;
}

/**
 * Files of what a fixer gets that hold a whole declaration as the oracle leaves it, by its name: a backup, built code, a document
 * that shows it. Lines of it may stand in other code as well, which makes none of them a leak (`findLeaks`).
 */
export function findCopies({ sources, part }: Mended, files: ReadonlyMap<string, string>): string[] {
  const mended = [...part].flatMap(([file, lines]) => {
    const before = files.get(file);
    const held = before === undefined ? '' : joined(plain(before));
    return declarationsAt(sources.get(file) ?? '', lines)
      .map(({ name, text }) => ({ name, written: joined(text), emitted: joined(plain(text)) }))
      .filter(({ written, emitted }) => written.split(' ').length >= LEAST_TOKENS && !held.includes(emitted));
  });
  if (mended.length === 0) return [];
  return [...files].flatMap(([file, text]) => {
    // Compiling all of a repository for every case would take minutes.
    const named = mended.filter(({ name }) => text.includes(name));
    if (named.length === 0) return [];
    const said = isCode(file) ? [plain(text), withoutComments(text), commentsOf(text)] : [prose(text)];
    const texts = said.map(joined);
    const holds = (passage: string): boolean => texts.some((one) => one.includes(passage));
    return named.some(({ written, emitted }) => holds(written) || holds(emitted)) ? [file] : [];
  });
}

/** As `emitted`; that a module is strict is said of itself. */
const plain = (text: string): string => emitted(text).replace(/^"use strict";/, '');

const joined = (text: string): string => padded(tokensOf(text));
