import { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { formatSpeedup } from '../../loops/workflows/format-speedup.ts';
import { formatBytes, formatCount, formatMs } from '../format-figures.ts';
import { renderTable } from '../render-table.ts';
import { fastest, type Matrix, type MatrixCell, stateOf } from './collect-matrix.ts';

const BEST = '▸';
const symbols = { stopped: '>', wrong: '✗', failed: '!' } as const;
const UNTRIED = '·';
const legend = `${BEST} best of its row · ${symbols.stopped} cut: it takes longer · ${symbols.wrong} wrong or stale rows · ${symbols.failed} failed · ${UNTRIED} not tried`;

/** A row a case, a column a kind of plan: each shows the fastest right plan of the kind, or what came instead. */
export function renderMatrix(matrix: Matrix, columns: number): string {
  const { cases, cells, best } = matrix;
  const kinds = PlanKind.options.filter((kind) => cells.some((cell) => cell.kind === kind));
  const rows = cases.map(({ id, baseMs, objectiveMs }) => {
    const own = cells.filter((cell) => cell.case === id);
    const winner = best.find((one) => one.case === id);
    return [
      id,
      formatMs(baseMs),
      formatMs(objectiveMs),
      ...kinds.map((kind) => {
        const ofKind = own.filter((cell) => cell.kind === kind);
        return kindEntry(ofKind, winner?.plan);
      }),
      winner ? formatSpeedup(winner.speedup) : '',
      winner ? winner.label : 'no plan gives the right rows',
    ];
  });
  const head = ['case', 'base', 'objective', ...kinds, 'speed-up', 'best plan'];
  const count = (state: MatrixCell['state']) => cells.filter((cell) => stateOf(cell) === state).length;
  return [
    `${matrix.dataset}@v${matrix.version}: ${formatCount(cases.length, 'case')}, ${formatCount(matrix.plans.length, 'plan')}, ${formatCount(cells.length, 'cell')}: ${count('ok')} ok, ${count('wrong')} wrong or stale, ${count('failed')} failed, ${count('stopped')} stopped`,
    '',
    ...renderTable(head, rows, { columns, right: head.slice(1, -1).map((_, at) => at + 1) }),
    '',
    legend,
    "Times are the explorer's first look, the base's the one at admission; what the gate measured: whetstone pr list",
    `next: whetstone matrix ${cases[0]?.id ?? 'CASE'} shows every plan of one case`,
  ].join('\n');
}

function kindEntry(cells: readonly MatrixCell[], winner: string | undefined): string {
  const cell = fastest(cells);
  if (cell) return `${cell.plan === winner ? BEST : ' '}${formatMs(cell.medianMs)}`;
  const stopped = cells.filter((one) => stateOf(one) === 'stopped').map((one) => one.medianMs ?? 0);
  if (stopped.length > 0) return cutAt(Math.min(...stopped));
  for (const state of ['wrong', 'failed'] as const) {
    if (cells.some((one) => stateOf(one) === state)) return symbols[state];
  }
  return UNTRIED;
}

const cutAt = (ms: number): string => (ms > 0 ? `${symbols.stopped}${formatMs(ms)}` : symbols.stopped);

/** Every plan of one case, the right ones first, fastest first. */
export function renderCaseMatrix(matrix: Matrix, columns: number): string {
  const { cases, cells, best } = matrix;
  return cases
    .map(({ id, query, baseMs, objectiveMs }) => {
      const winner = best.find((one) => one.case === id)?.plan;
      const rows = cells
        .filter((cell) => cell.case === id)
        .toSorted((a, b) => rank(a) - rank(b) || (a.medianMs ?? 0) - (b.medianMs ?? 0))
        .map((cell) => [
          cell.plan === winner ? BEST : ' ',
          timeEntry(cell),
          cell.storageBytes === null ? '' : formatBytes(cell.storageBytes),
          cell.buildMs === null ? '' : formatMs(cell.buildMs),
          cell.kind,
          cell.fate ?? '',
          cell.state === 'ok' || cell.detail === '' ? cell.label : `${cell.label}: ${cell.detail}`,
        ]);
      const head = ['', 'median', 'disk', 'build', 'kind', 'fate', 'plan'];
      return [
        `${id}: the base takes ${formatMs(baseMs)}, the objective for ${query} is ${formatMs(objectiveMs)}`,
        '',
        ...renderTable(head, rows, { columns, right: [1, 2, 3] }),
        '',
        legend,
      ].join('\n');
    })
    .join('\n\n');
}

const rank = (cell: MatrixCell): number => ['ok', 'stopped', 'wrong', 'failed'].indexOf(stateOf(cell));

function timeEntry(cell: MatrixCell): string {
  const state = stateOf(cell);
  if (state === 'ok') return cell.medianMs === null ? UNTRIED : formatMs(cell.medianMs);
  if (state === 'stopped') return cutAt(cell.medianMs ?? 0);
  return symbols[state];
}
