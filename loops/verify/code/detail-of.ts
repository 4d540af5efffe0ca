import { attributeMissing } from '../../../datasets/reports/attribute-missing.ts';
import type { SuiteRun } from './suite-run.ts';

const MESSAGE_CHARACTERS = 200;

/**
 * One line on what went wrong with a run as a whole: how it ended, what contradicts itself in its report, or why one of the
 * tests `ids` has no result of its own. Empty where nothing did; how a test failed stays sealed.
 */
export function detailOf(run: SuiteRun, ids: readonly string[]): string {
  if (run.ended !== 'reported') return `${run.ended}: ${run.detail}`;
  if (run.report.problems.length > 0) return run.report.problems.slice(0, 3).join('; ');
  const reported = new Set(run.report.tests.map(({ id }) => id));
  const { tests } = attributeMissing(
    ids.map((id) => ({ id })),
    run.report,
  );
  const lost = tests.find(({ id }) => !reported.has(id));
  if (!lost) return '';
  const [said = ''] = (lost.message ?? '').split('\n');
  const why = said === '' ? '' : `: ${said.slice(0, MESSAGE_CHARACTERS)}`;
  return lost.outcome === 'missing'
    ? `${lost.id} was not reported`
    : `${lost.id} was not run, what it stands in ${lost.outcome}${why}`;
}
