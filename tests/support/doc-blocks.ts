import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface Page {
  /** From the repository's root. */
  name: string;
  text: string;
  /** Inline code outside of fenced blocks, on one line each. */
  inline: string[];
  blocks: Block[];
}

export interface Block {
  page: string;
  line: number;
  language: string;
  text: string;
  /**
   * What `<!-- runs: … -->` above it says: `now` without one, `loop` for what needs the state of a finished loop, else
   * the test file that runs it.
   */
  runs: string;
  /** `<!-- runs: …, exits N -->`; 0 without. */
  exitCode: number;
}

/** README.md and every page of docs/; the decisions are records of their time and have no commands to follow. */
export function readPages(): Page[] {
  const names = readdirSync(path.join(repository, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...names.map((name) => `docs/${name}`)].map((name) => {
    const text = readFileSync(path.join(repository, name), 'utf8');
    const prose = text.replaceAll(fence, '');
    const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll(/\s+/g, ' '));
    return { name, text, inline, blocks: readBlocks(name, text) };
  });
}

const fence =
  /(?:<!-- runs: (?<runs>\S+?)(?:, exits (?<exits>\d+))? -->\n+)?^```(?<language>[^\n]*)\n(?<text>.*?)^```$/gms;

function readBlocks(page: string, text: string): Block[] {
  return [...text.matchAll(fence)].map((match) => {
    const { runs = 'now', exits = '0', language = '', text: code = '' } = match.groups ?? {};
    const line = text.slice(0, match.index).split('\n').length;
    return { page, line, language, text: code, runs, exitCode: Number(exits) };
  });
}
