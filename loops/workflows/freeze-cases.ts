import path from 'node:path';
import type { QueryCase } from '../../datasets/cases/case.ts';
import { readCase, writeCase } from '../../datasets/cases/case-folder.ts';
import type { Dataset } from '../../datasets/cases/dataset.ts';
import { auditCase } from '../admit/audit-case.ts';
import type { LoopContext } from './context.ts';
import { currentVersion, freezeVersion } from './freeze-version.ts';

/** A target's cases stand in `<datasets>/v<N>`, its frontier in `<datasets>/frontier/v<N>`. */
export const frontierRoot = (datasets: string): string => path.join(datasets, 'frontier');

/** The newest frozen version of the target's dataset; undefined before the first. */
export async function currentDataset({ target }: Pick<LoopContext, 'target'>): Promise<Dataset | undefined> {
  return (await currentVersion(target.datasets))?.dataset;
}

/** These cases of the newest version, sealed parts included, in the order asked for. */
export async function frozenCases(
  context: Pick<LoopContext, 'target'>,
  ids: readonly string[],
): Promise<QueryCase[]> {
  const dataset = await currentDataset(context);
  if (!dataset) return [];
  const folder = path.join(context.target.datasets, `v${dataset.version}`, 'cases');
  const known = new Set(dataset.cases.map(({ id }) => id));
  return Promise.all(ids.filter((id) => known.has(id)).map((id) => readCase(path.join(folder, id))));
}

export interface FrozenVersion {
  name: string;
  version: number;
  sha256: string;
  cases: string[];
}

/**
 * Freezes what admission took as the next version, unless the newest version holds just these cases already.
 * Undefined where nothing was admitted.
 */
export async function freezeAdmitted(
  context: LoopContext,
  admitted: readonly QueryCase[],
): Promise<FrozenVersion | undefined> {
  if (admitted.length === 0) return undefined;
  const { target, state } = context;
  // Load that outlasts one case's calibration does not outlast them all: the fastest of them is the machine.
  const calibrationMs = Math.min(...admitted.map((queryCase) => queryCase.calibrationMs));
  const dataset = await freeze(context, {
    root: target.datasets,
    name: target.name,
    split: 'dev',
    cases: admitted.map((queryCase) => ({ ...queryCase, calibrationMs })),
  });
  await state.cases.freeze(
    dataset.cases.map(({ id }) => id),
    {
      dataset: dataset.name,
      version: dataset.version,
      path: (id) => path.join(target.datasets, `v${dataset.version}`, 'cases', id),
    },
  );
  return {
    name: dataset.name,
    version: dataset.version,
    sha256: dataset.sha256,
    cases: dataset.cases.map(({ id }) => id),
  };
}

/**
 * Freezes the cases of `ids` that no candidate was accepted for as the next frontier version. Each carries the audit
 * that its reference is right, the plans tried and the closest; one that does not pass its audit is kept back.
 */
export async function freezeFrontier(
  context: LoopContext,
  ids: readonly string[],
): Promise<FrozenVersion | undefined> {
  const { state, target } = context;
  const accepted = new Set(
    (await state.candidates.list()).filter((one) => one.state === 'accepted').map((one) => one.caseId),
  );
  const records = new Map((await state.cases.list()).map((record) => [record.id, record]));
  const unsolved = ids.filter((id) => !accepted.has(id));
  const audits = new Map(unsolved.map((id) => [id, auditCase(records.get(id)?.certificate)]));
  for (const [id, { passed, detail }] of audits)
    if (!passed) context.progress(`${id} is unsolved and not in the frontier: ${detail}`);
  const open = await frozenCases(
    context,
    unsolved.filter((id) => audits.get(id)?.passed),
  );
  if (open.length === 0) return undefined;
  const name = `${target.name}-frontier`;
  const dataset = await freeze(context, {
    root: frontierRoot(target.datasets),
    name,
    split: 'frontier',
    cases: open,
  });
  const frozen = [];
  for (const { id } of open) {
    const cells = (await state.cells.list(id)).filter(({ medianMs }) => medianMs !== null);
    const closest = cells
      .filter((cell) => cell.state === 'ok')
      .reduce<(typeof cells)[number] | undefined>(
        (best, cell) => ((cell.medianMs ?? 0) < (best?.medianMs ?? Number.POSITIVE_INFINITY) ? cell : best),
        undefined,
      );
    frozen.push({
      dataset: dataset.name,
      version: dataset.version,
      caseId: id,
      since: new Date(dataset.frozenAt),
      bestAttempt: closest ? { plan: closest.label, kind: closest.kind, medianMs: closest.medianMs } : {},
      audit: { checks: audits.get(id)?.checks ?? [], plansTried: cells.length },
    });
  }
  await state.publications.freezeFrontier(frozen);
  return {
    name: dataset.name,
    version: dataset.version,
    sha256: dataset.sha256,
    cases: open.map(({ id }) => id),
  };
}

/** Files of a version of slow-query cases. */
async function freeze(
  context: LoopContext,
  request: { root: string; name: string; split: 'dev' | 'frontier'; cases: readonly QueryCase[] },
): Promise<Dataset> {
  const { target, images } = context;
  return freezeVersion(context, {
    ...request,
    read: readCase,
    write: (folder, queryCase, canary) =>
      writeCase(folder, queryCase, {
        canary,
        dataImage: images.data,
        exportTar: images.export.tar,
        commands: target.config.commands,
      }),
  });
}
