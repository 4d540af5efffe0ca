import { describe, expect, it } from 'vitest';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { roundsOf, type Trial, takeRound } from './rounds.ts';

const draft = (id: string, visible: string[], hidden: string[]): CodeCase => {
  const test = (name: string) => {
    const [file = ''] = name.split(':');
    return { id: name, file, path: [name], message: '' };
  };
  return {
    id,
    pattern: 'p',
    title: id,
    visible: visible.map(test),
    hidden: hidden.map(test),
    guards: [],
    besideGuards: [],
    decisive: {},
    oracle: null,
  };
};

describe('takeRound', () => {
  const trial = (id: string, oracle: string, ...files: string[]): Trial => ({
    draft: draft(id, [], []),
    solution: {
      oracle: { name: oracle, patch: '', sources: new Map(), added: new Map() },
      plain: [],
      varied: [],
      part: new Map(files.map((file) => [file, new Map()])),
      guards: [],
    },
    mutant: { operator: '', file: files[0] ?? '', line: 1, original: '', mutated: '', apply: () => '' },
  });
  const rounds = (...trials: Trial[]) => {
    const open = [...trials];
    const taken: string[] = [];
    while (open.length > 0)
      taken.push(
        takeRound(open)
          .map((one) => one.draft.id)
          .join(' '),
      );
    return taken;
  };

  it('takes together what touches other files, and leaves the rest for later', () => {
    expect(rounds(trial('1', 'o', 'a'), trial('2', 'o', 'b'), trial('3', 'o', 'c'))).toEqual(['1 2 3']);
    expect(rounds(trial('1', 'o', 'a', 'b'), trial('2', 'o', 'b', 'c'), trial('3', 'o', 'c'))).toEqual([
      '1 3',
      '2',
    ]);
    expect(rounds(trial('1', 'o', 'a'), trial('2', 'o', 'a'))).toEqual(['1', '2']);
  });

  it('takes mutants of one oracle alone', () => {
    expect(rounds(trial('1', 'o', 'a'), trial('2', 'p', 'b'), trial('3', 'o', 'c'))).toEqual(['1 3', '2']);
    // What another oracle touches is not taken.
    expect(rounds(trial('1', 'o', 'a'), trial('2', 'p', 'b'), trial('3', 'o', 'b'))).toEqual(['1 3', '2']);
  });

  it('takes nothing from nothing', () => expect(takeRound([])).toEqual([]));
});

describe('roundsOf', () => {
  const rounds = (...drafts: CodeCase[]) =>
    roundsOf(drafts).map((tests) => tests.map(({ id }) => id).join(' '));

  it('has no two tests of a file in one round, and the hidden ones first', () => {
    expect(rounds(draft('1', ['a:1'], ['a:2', 'a:3']), draft('2', [], ['b:1', 'b:2']))).toEqual([
      'a:2 b:1',
      'a:3 b:2',
      'a:1',
    ]);
    expect(rounds()).toEqual([]);
  });

  it('has eight tests of a case at most', () => {
    const names = Array.from({ length: 12 }, (_, at) => `${at}:x`);
    expect(rounds(draft('1', names.slice(6), names.slice(0, 6)))).toEqual([names.slice(0, 8).join(' ')]);
  });
});
