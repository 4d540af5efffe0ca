import { quote } from './collect-tests.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import { reportLines } from './report-lines.ts';
import { readDescription, readTapLine } from './tap-line.ts';

/** A test point with its subtests. */
export interface TapPoint {
  /** Null: only subtests of it were reported. */
  ok: boolean | null;
  name: string;
  /** `unknown`: none that is known, so that it may be a damaged one; or the diagnostics after it were cut off. */
  directive: 'skip' | 'todo' | 'unknown' | null;
  reason: string;
  durationMs: number | null;
  /** The lines of its YAML block, without their indentation. */
  diagnostics: string[];
  /** Null: there was no block of subtests, not even an empty one. */
  children: TapPoint[] | null;
}

export interface TapDocument {
  points: TapPoint[];
  /** Node's, or one like it: `# Subtest: <name>` comes before each test. */
  hasSubtestComments: boolean;
  /** vitest's: subtests stand in braces. */
  hasBlocks: boolean;
  /** The figures of outermost comments such as `# pass 3`; the last one counts. */
  totals: Map<string, number>;
  /** N of the outermost 1..N. */
  plan: number | null;
  problems: string[];
}

interface Level {
  points: TapPoint[];
  plan: number | null;
  /** The test that opened it by a brace. */
  owner: TapPoint | null;
}

const INDENT = 4;

/**
 * Builds the tree of a TAP document. Subtests are indented by 4: before their test, as the standard and Node have it, or
 * after it in braces, as vitest has it. The numbers of tests are not read, as Node gives some twice. A line that is no TAP
 * is passed over; a test that was lost with it is missing in the plan.
 */
export function readTapTree(text: string): TapDocument {
  const { lines, problem } = reportLines(text);
  const problems = problem === undefined ? [] : [problem];
  const hasSubtestComments = /^ *# Subtest: /m.test(text);
  const totals = new Map<string, number>();
  const outermost = newLevel(null);
  const levels: Level[] = [outermost];
  /** Names that `# Subtest:` has announced, by level. */
  const announced: string[] = [];
  let count = 0;
  let hasBlocks = false;

  /** Ends the innermost level, whose test did not follow or did not close its brace. */
  const abandon = (): void => {
    const level = levels.pop();
    const parent = levels.at(-1);
    if (level === undefined || parent === undefined) return;
    const name = level.owner?.name ?? announced[levels.length - 1] ?? '';
    problems.push(`The subtests of ${quote(name)} have no end.`);
    checkPlan(level, name, problems);
    if (level.owner !== null) level.owner.children = level.points;
    else parent.points.push({ ...newPoint(null, ''), name, children: level.points });
  };
  /** Opens those around it as well: the first test of all may be one deep inside. */
  const openLevel = (depth: number): Level => {
    while (levels.length <= depth) levels.push(newLevel(null));
    return levels[depth] as Level;
  };
  const addPoint = (depth: number, found: TapPoint, opens: boolean): void => {
    while (levels.length > depth + 2 || (levels.length === depth + 2 && levels.at(-1)?.owner !== null))
      abandon();
    if (levels.length === depth + 2) {
      const subtests = levels.pop() as Level;
      checkPlan(subtests, found.name, problems);
      found.children = subtests.points;
    }
    openLevel(depth).points.push(found);
    count += 1;
    hasBlocks ||= opens;
    if (opens) levels.push(newLevel(found));
  };

  let last: { point: TapPoint; indent: number } | undefined;
  let at = 0;
  // A document with that many is no report, and each line may add as many as levels are open.
  for (; at < lines.length && problems.length <= REPORT_LIMITS.problems; at += 1) {
    const line = lines[at] as string;
    const indent = indentOf(line);
    const read = readTapLine(line.slice(indent));
    const before = last;
    last = undefined;
    if (read?.kind === 'yaml' && before !== undefined && [2, INDENT].includes(indent - before.indent)) {
      const end = readYaml(lines, at, indent, before.point);
      if (end === undefined) {
        problems.push(`The diagnostics of ${quote(before.point.name)} have no end.`);
        before.point.directive = 'unknown';
        break;
      }
      at = end;
      continue;
    }
    const depth = indent / INDENT;
    if (read === undefined || !Number.isInteger(depth)) continue;
    if (depth > REPORT_LIMITS.depth || count >= 2 * REPORT_LIMITS.tests) {
      problems.push(
        `It has more than ${2 * REPORT_LIMITS.tests} tests, or nests deeper than ${REPORT_LIMITS.depth}.`,
      );
      break;
    }
    if (read.kind === 'point') {
      const opens =
        !hasSubtestComments && read.description.endsWith('{') && opensBlock(lines[at + 1], indent);
      const point = newPoint(read.ok, opens ? read.description.slice(0, -1) : read.description);
      addPoint(depth, point, opens);
      last = { point, indent };
    } else if (read.kind === 'plan') {
      while (levels.length > depth + 1) abandon();
      const level = openLevel(depth);
      if (level.plan !== null) problems.push('It has two plans for the same tests.');
      level.plan = read.count;
    } else if (read.kind === 'end') {
      while (levels.length > depth + 2) abandon();
      const level = levels[depth + 1];
      if (level === undefined || level.owner === null) continue;
      levels.pop();
      checkPlan(level, level.owner.name, problems);
      level.owner.children = level.points;
    } else if (read.kind === 'subtest') announced[depth] = read.name;
    else if (read.kind === 'total' && depth === 0) totals.set(read.key, read.count);
    else if (read.kind === 'bail-out') {
      problems.push(`The run bailed out: ${quote(read.reason)}.`);
      break;
    }
  }
  while (levels.length > 1) abandon();
  checkPlan(outermost, null, problems);
  return { points: outermost.points, hasSubtestComments, hasBlocks, totals, plan: outermost.plan, problems };
}

function newLevel(owner: TapPoint | null): Level {
  return { points: [], plan: null, owner };
}

function newPoint(ok: boolean | null, description: string): TapPoint {
  return { ...readDescription(description), ok, diagnostics: [], children: null };
}

function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === ' ') indent += 1;
  return indent;
}

function opensBlock(next: string | undefined, indent: number): boolean {
  return next !== undefined && indentOf(next) >= indent + INDENT && next.trim() !== '---';
}

/**
 * The line that ends the block which begins at `start`, by its very indentation: vitest writes strings of several lines as
 * they are, and each may look like TAP.
 */
function readYaml(
  lines: readonly string[],
  start: number,
  indent: number,
  point: TapPoint,
): number | undefined {
  const margin = ' '.repeat(indent);
  let characters = 0;
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (line === `${margin}...`) return at;
    characters += line.length + 1;
    if (characters <= 4 * REPORT_LIMITS.messageCharacters)
      point.diagnostics.push(line.startsWith(margin) ? line.slice(indent) : line);
  }
  return undefined;
}

function checkPlan({ points, plan }: Level, name: string | null, problems: string[]): void {
  const reported = points.filter(({ ok }) => ok !== null).length;
  const whose = name === null ? 'The outermost plan' : `The plan of ${quote(name)}`;
  if (plan === null) problems.push(`${whose} is missing.`);
  else if (plan !== reported) problems.push(`${whose} is of ${plan} tests, and ${reported} were reported.`);
}
