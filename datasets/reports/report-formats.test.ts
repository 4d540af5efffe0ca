import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { readReport } from './read-report.ts';
import { TestReport } from './test-report.ts';
import {
  type FileTree,
  fileTrees,
  leavesOf,
  RENDERINGS,
  type Rendering,
  ROOT,
} from './testing/render-reports.ts';

const read = (text: string | Uint8Array, format?: string) => readReport(text, { root: ROOT, format });
const passedIds = ({ tests }: TestReport) =>
  tests.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id);
const isNoAmbiguity = (problem: string) => !problem.startsWith('Several tests are named ');

/** The ids that a tree must have, told apart from how they are made. */
function expectedTests(files: readonly FileTree[], { format, loses }: Rendering): string[] {
  const seen = new Map<string, number>();
  const name = (parts: string[]): string => {
    const line = parts.join(' > ').replaceAll('\u001b', '');
    const plain = line
      .split(/\s/)
      .filter((word) => word !== '')
      .join(' ');
    const number = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, number);
    return number === 1 ? plain : `${plain} #${number}`;
  };
  return files.flatMap(({ path, crash, nodes }) => {
    if (crash !== null) return [`errored ${name([path])}`];
    return leavesOf(nodes).map(({ titles, outcome }) => {
      const written =
        format === 'tap' && loses.files ? titles.map((title) => title.replaceAll('\n', '\\n')) : titles;
      const told = outcome === 'todo' && loses.todo ? 'skipped' : outcome;
      return `${told} ${name(loses.files ? written : [path, ...written])}`;
    });
  });
}

describe.each(RENDERINGS)('$name', (rendering) => {
  const { format, render } = rendering;

  test('any tree of results is read as it was written, and its format is detected', () => {
    fc.assert(
      fc.property(fileTrees, (files) => {
        const report = read(render(files));
        expect(report.format).toBe(format);
        expect(report.tests.map(({ id, outcome }) => `${outcome} ${id}`)).toEqual(
          expectedTests(files, rendering),
        );
        expect(report.problems.filter(isNoAmbiguity)).toEqual([]);
        TestReport.parse(report);
      }),
      { numRuns: 100 },
    );
  });

  test('one that was cut off says so, or is a Fault, and no further test passes', () => {
    fc.assert(
      fc.property(fileTrees, fc.double({ min: 0, max: 1, noNaN: true }), (files, share) => {
        const text = render(files);
        const bytes = Buffer.from(text);
        const cut = bytes.subarray(0, Math.floor(share * (Buffer.byteLength(text.trimEnd()) - 1)));
        const passed = passedIds(read(text));
        for (const name of [format, undefined]) {
          const report = readOrFault(cut, name);
          if (report === undefined) continue;
          expect(report.problems).not.toEqual([]);
          expect(passed).toEqual(expect.arrayContaining(passedIds(report)));
        }
      }),
      { numRuns: 120 },
    );
  });

  test('one bit that is another is noticed, or makes no further test pass', () => {
    fc.assert(
      fc.property(fileTrees, fc.nat(), fc.nat(7), (files, place, bit) => {
        const bytes = Buffer.from(render(files));
        const intact = read(bytes, format);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
        for (const name of [format, undefined]) {
          const report = readOrFault(bytes, name);
          if (report === undefined || report.problems.join() !== intact.problems.join()) continue;
          const [before, after] = [passedIds(intact), passedIds(report)];
          const known = new Set(intact.tests.map(({ id }) => id));
          expect(before).toEqual(expect.arrayContaining(after.filter((id) => known.has(id))));
          expect(after.length).toBeLessThanOrEqual(before.length);
        }
      }),
      { numRuns: 120 },
    );
  });

  test('whatever becomes of it, it is a report or a Fault', () => {
    const part = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(
        fileTrees,
        fc.array(fc.oneof(part, fc.uint8Array({ maxLength: 8 })), { maxLength: 12 }),
        (files, parts) => {
          const bytes = Buffer.from(render(files));
          const pieces = parts.map((one) => {
            if (one instanceof Uint8Array) return one;
            const [a, b] = one.map((place) => place % bytes.length).toSorted((x, y) => x - y);
            return bytes.subarray(a, b);
          });
          for (const name of [format, undefined]) readOrFault(Buffer.concat(pieces), name);
        },
      ),
      { numRuns: 100 },
    );
  });
});

function readOrFault(bytes: Uint8Array, format: string | undefined): TestReport | undefined {
  try {
    return TestReport.parse(read(bytes, format));
  } catch (error) {
    if (error instanceof Fault && format === undefined) return undefined;
    throw error;
  }
}
