import { createHash } from 'node:crypto';
import { type NumberClass, nearlyEqual } from './canonical-number.ts';
import { type ColumnClass, canonicalValue, classOf } from './canonical-value.ts';
import type { ResultSet } from './rows.ts';

export interface CanonicalRows {
  /** One text a row, a JSON list of cells; in the query's order where it has one, else sorted. */
  rows: string[];
  /** Of columns and rows. Floats at a rounding boundary may differ in it: `equalRows` is what judges. */
  sha256: string;
}

export type RowsComparison = { equal: true } | { equal: false; detail: string };

interface Row {
  cells: (string | null)[];
  text: string;
  values: readonly unknown[];
}

/** Per column, how its numbers are compared; null where it holds none. */
type Numeric = readonly (NumberClass | null)[];

/** Beyond this many unequal rows no rounding explains them. */
const maxRounded = 1000;

/** Typed, canonical rows of one result. */
export function canonicalRows(result: ResultSet, options: { ordered: boolean }): CanonicalRows {
  const classes = result.columns.map((_, i) => classOf(result.types[i] ?? ''));
  const rows = readRows(result, classes).map(({ text }) => text);
  if (!options.ordered) rows.sort();
  const hash = createHash('sha256').update(JSON.stringify(result.columns));
  for (const row of rows) hash.update('\n').update(row);
  return { rows, sha256: hash.digest('hex') };
}

/**
 * Whether a candidate's result is the reference's: same column names, comparable types, same values as a list where
 * the query orders, else as a multiset. Floats and the fractions of other numbers may differ by rounding (1 in 10¹⁰).
 * `detail` names the first difference in at most 300 characters. O(n log n).
 */
export function equalRows(
  reference: ResultSet,
  candidate: ResultSet,
  options: { ordered: boolean },
): RowsComparison {
  const shape = compareShape(reference, candidate);
  if (shape !== null) return differ(shape);
  const pairs = reference.columns.map((_, i) =>
    bothClasses(classOf(reference.types[i] ?? ''), classOf(candidate.types[i] ?? '')),
  );
  const expected = readRows(
    reference,
    pairs.map(([a]) => a),
  );
  const actual = readRows(
    candidate,
    pairs.map(([, b]) => b),
  );
  const numeric = pairs.map(([a]) => (!a.array && (a.of === 'exact' || a.of === 'float') ? a.of : null));
  return options.ordered
    ? compareLists(expected, actual, reference.columns, numeric)
    : compareMultisets(expected, actual, reference.columns, numeric);
}

function compareShape(reference: ResultSet, candidate: ResultSet): string | null {
  if (reference.columns.length !== candidate.columns.length) {
    return `expected ${reference.columns.length} columns, got ${candidate.columns.length}`;
  }
  for (const [i, name] of reference.columns.entries()) {
    const other = candidate.columns[i];
    if (other !== name) return `column ${i + 1} is ${show(other)}, expected ${show(name)}`;
    const [type, otherType] = [reference.types[i] ?? '', candidate.types[i] ?? ''];
    const [a, b] = [classOf(type), classOf(otherType)];
    if (a.array !== b.array || family(a) !== family(b))
      return `column ${show(name)} is ${otherType}, expected ${type}`;
  }
  if (reference.rows.length !== candidate.rows.length) {
    return `expected ${reference.rows.length} rows, got ${candidate.rows.length}`;
  }
  const ragged = candidate.rows.findIndex(
    (row) => !Array.isArray(row) || row.length !== reference.columns.length,
  );
  return ragged < 0 ? null : `row ${ragged + 1} does not have ${reference.columns.length} values`;
}

function family({ of }: ColumnClass): string {
  return of === 'exact' || of === 'float' ? 'number' : of;
}

/** Two columns are compared by the weaker class of both. */
function bothClasses(a: ColumnClass, b: ColumnClass): [ColumnClass, ColumnClass] {
  const isFloat = a.of === 'float' || b.of === 'float';
  const trim = a.trim || b.trim;
  return isFloat
    ? [
        { ...a, of: 'float' },
        { ...b, of: 'float' },
      ]
    : [
        { ...a, trim },
        { ...b, trim },
      ];
}

function readRows(result: ResultSet, classes: readonly ColumnClass[]): Row[] {
  return result.rows.map((values) => {
    const cells = classes.map((column, i) => canonicalValue(values[i] ?? null, column));
    return { cells, text: JSON.stringify(cells), values };
  });
}

function compareLists(expected: Row[], actual: Row[], columns: string[], numeric: Numeric): RowsComparison {
  const at = expected.findIndex((row, i) => !sameRow(row, actual[i], numeric));
  if (at < 0) return { equal: true };
  const { missing } = leftovers(expected.toSorted(byText), actual.toSorted(byText));
  if (missing.length === 0) return differ(`the same rows in another order, first at row ${at + 1}`);
  return differ(`row ${at + 1}: ${firstDifference(expected[at], actual[at], columns, numeric)}`);
}

function compareMultisets(
  expected: Row[],
  actual: Row[],
  columns: string[],
  numeric: Numeric,
): RowsComparison {
  const { missing, extra } = leftovers(expected.toSorted(byText), actual.toSorted(byText));
  if (missing.length <= maxRounded) {
    missing.sort(byValue(numeric));
    extra.sort(byValue(numeric));
  }
  const at =
    missing.length > maxRounded ? 0 : missing.findIndex((row, i) => !sameRow(row, extra[i], numeric));
  if (at < 0) return { equal: true };
  const difference = firstDifference(missing[at], extra[at], columns, numeric);
  return differ(`${missing.length} of ${expected.length} rows differ, for example: ${difference}`);
}

/** What each list, sorted by text, has beyond the other. */
function leftovers(expected: readonly Row[], actual: readonly Row[]): { missing: Row[]; extra: Row[] } {
  const missing: Row[] = [];
  const extra: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < expected.length || j < actual.length) {
    const [a, b] = [expected[i], actual[j]];
    if (a !== undefined && a.text === b?.text) {
      i++;
      j++;
    } else if (a !== undefined && (b === undefined || a.text < b.text)) {
      missing.push(a);
      i++;
    } else if (b !== undefined) {
      extra.push(b);
      j++;
    }
  }
  return { missing, extra };
}

function byText(a: Row, b: Row): number {
  return a.text < b.text ? -1 : a.text === b.text ? 0 : 1;
}

/** Other cells first, then numbers by value, so that rows which differ by rounding alone meet their like. */
function byValue(numeric: Numeric): (a: Row, b: Row) => number {
  const rest = (row: Row) => JSON.stringify(row.cells.map((cell, i) => (numeric[i] ? cell === null : cell)));
  return (a, b) => {
    const [restA, restB] = [rest(a), rest(b)];
    if (restA !== restB) return restA < restB ? -1 : 1;
    const at = a.cells.findIndex((_, i) => !sameCell(a, b, i, numeric));
    return at < 0 ? 0 : Number(a.values[at]) - Number(b.values[at]) || byText(a, b);
  };
}

function sameRow(a: Row, b: Row | undefined, numeric: Numeric): boolean {
  if (b === undefined) return false;
  return a.text === b.text || a.cells.every((_, i) => sameCell(a, b, i, numeric));
}

function sameCell(a: Row, b: Row, i: number, numeric: Numeric): boolean {
  const numbers = numeric[i] ?? null;
  return a.cells[i] === b.cells[i] || (numbers !== null && nearlyEqual(a.values[i], b.values[i], numbers));
}

function firstDifference(
  a: Row | undefined,
  b: Row | undefined,
  columns: string[],
  numeric: Numeric,
): string {
  if (a === undefined || b === undefined) return 'a row is missing';
  const at = a.cells.findIndex((_, i) => !sameCell(a, b, i, numeric));
  return `column ${show(columns[at])}: expected ${show(a.cells[at])}, got ${show(b.cells[at])}`;
}

function differ(detail: string): RowsComparison {
  return { equal: false, detail: detail.slice(0, 300) };
}

/** A name or canonical cell for people. */
function show(text: string | null | undefined): string {
  if (text === null || text === undefined) return 'null';
  const number = /^-?\.\d+e-?\d+$/.test(text) ? String(Number(text)) : text.replace(/^=/, '');
  return JSON.stringify(number.length > 60 ? `${number.slice(0, 60)}…` : number);
}
