import path from 'node:path';
import type { QueryCase, Variant } from '../../datasets/cases/case.ts';
import { Fault } from '../../datasets/fault.ts';
import { readQueries } from '../admit/read-queries.ts';
import type { Target } from '../target/load-target.ts';
import type { LoopContext } from './context.ts';
import { currentDataset, type FrozenVersion, freezeAdmitted, frozenCases } from './freeze-cases.ts';
import { loopLanes } from './lanes.ts';
import { mineAndRecord, miningArms } from './mine-pattern.ts';
import { readSources, recordSources } from './read-sources.ts';

export interface MineReport {
  patterns: number;
  admitted: { case: string; pattern: string; query: string; split: 'dev' }[];
  refused: { pattern: string; query: string | null; check: string; detail: string }[];
  /** The version that holds what was admitted; null where nothing was. */
  dataset: FrozenVersion | null;
}

/**
 * Patterns → draft cases → admission → the next dataset version. With a source, the patterns and parameters of that
 * one alone are mined, and the cases of other patterns are carried over. A case that asks what a frozen one asks is
 * that one: measuring again makes no new version.
 */
export async function mineAll(context: LoopContext, source: string | undefined): Promise<MineReport> {
  const { target, images } = context;
  const limited = source === undefined ? target : limitTo(target, source);
  const { queries } = await readQueries(target, images.revision);
  const byPattern = new Map(queries.map((query) => [query.pattern, query]));
  // The state has the patterns of all sources, whichever are mined: guards are weighed by them.
  const all = await recordSources(context, queries);
  const { patterns } = source === undefined ? all : await readSources(limited);

  const frozen = (await currentDataset(context))?.cases.map(({ id }) => id) ?? [];
  const known = new Map((await frozenCases(context, frozen)).map((one) => [one.id, one]));
  const lanes = loopLanes(context);
  await using arms = miningArms(context);
  const report: MineReport = { patterns: patterns.length, admitted: [], refused: [], dataset: null };
  const mined = await Promise.all(
    patterns.map((pattern) =>
      lanes(async (lane): Promise<QueryCase | undefined> => {
        context.signal.throwIfAborted();
        const query = byPattern.get(pattern.id);
        if (!query) {
          const detail = `no query of the target is ${pattern.fingerprint.slice(0, 80)}`;
          report.refused.push({ pattern: pattern.id, query: null, check: 'unowned', detail });
          return undefined;
        }
        const result = await mineAndRecord(lane, arms, pattern, query);
        if (!result.admitted) {
          const { check, detail } = result;
          report.refused.push({ pattern: pattern.id, query: query.name, check, detail });
          return undefined;
        }
        const { id } = result.case;
        report.admitted.push({ case: id, pattern: pattern.id, query: query.name, split: 'dev' });
        const old = known.get(id);
        return old && asksTheSame(old, result.case) ? old : result.case;
      }),
    ),
  );

  const minedPatterns = new Set(patterns.map(({ id }) => id));
  const carried =
    source === undefined ? [] : [...known.values()].filter(({ pattern }) => !minedPatterns.has(pattern));
  const admitted = mined.filter((one) => one !== undefined);
  if (admitted.length > 0) {
    report.dataset = (await freezeAdmitted(context, [...carried, ...admitted])) ?? null;
  }
  return report;
}

/**
 * The target with one of its sources, named as the configuration has it or by its path.
 *
 * @throws Fault `no-such-source`
 */
export function limitTo(target: Target, source: string): Target {
  const { config, configPath } = target;
  const from = path.dirname(configPath);
  const sources = config.sources.filter(
    (one) => one.path === source || path.resolve(from, one.path) === path.resolve(source),
  );
  if (sources.length === 0) {
    throw new Fault('no-such-source', `${configPath}: sources has no ${source}`, {
      hint: `it has: ${config.sources.map((one) => one.path).join(', ')}`,
    });
  }
  return { ...target, config: { ...config, sources } };
}

/** Whether two drafts differ in nothing but what the machine measured. */
export function asksTheSame(a: QueryCase, b: QueryCase): boolean {
  const question = ({ baseMs: _, calibrationMs: __, basePlan: ___, ...rest }: QueryCase) =>
    JSON.stringify([
      Object.entries({
        ...rest,
        visible: rest.visible.map(unmeasured),
        hidden: rest.hidden.map(unmeasured),
      }).sort(([x], [y]) => (x < y ? -1 : 1)),
    ]);
  return question(a) === question(b);
}

const unmeasured = ({ id, kind, params, writes, rows, sha256, split }: Variant): unknown[] => [
  id,
  kind,
  params,
  writes,
  rows,
  sha256,
  split,
];
