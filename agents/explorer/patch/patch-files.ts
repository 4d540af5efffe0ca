import { z } from 'zod';
import type { Plan } from '../plan.ts';
import { canonical, format, parseSelect } from '../sql/nodes.ts';
import { numberFile } from './number-file.ts';

/** What the explorer measured of a plan, milliseconds: slowest visible parameter set, the base's and the plan's. */
export interface Measured {
  baseMs: number;
  planMs: number;
}

export interface TargetFiles {
  query: string;
  layout: { queries: string; migrations: string; refresh: string };
  /** Text of the query's file as it stands. */
  querySource: string;
  baseSql: string;
  migrations: readonly string[];
  refreshes: readonly string[];
  /** Text of package.json. */
  manifest: string;
}

export interface PatchFile {
  path: string;
  /** Null where the file goes. */
  content: string | null;
}

/** The files that turn a plan into a change of the target, for those kinds that stay in PostgreSQL. */
export function patchFiles(plan: Plan, target: TargetFiles, measured: Measured): PatchFile[] {
  const { layout, query } = target;
  const why = `For the query ${query}: ${plan.label}.`;
  const figures = `Slowest visible parameters in the sandbox: ${ms(measured.baseMs)} before, ${ms(measured.planMs)} with it.`;
  const comment = [...wrap(why), ...wrap(figures)].map((line) => `-- ${line}`).join('\n');
  if (plan.module !== undefined) return moduleFiles(plan.module, target, figures);
  const files: PatchFile[] = [];
  if (plan.ddl.length > 0) {
    const path = `${layout.migrations}/${numberFile(target.migrations, slugOf(plan, query))}`;
    files.push({ path, content: `${comment}\n${statements(plan.ddl)}` });
  }
  if (plan.sql !== target.baseSql) {
    const header = leadingComment(target.querySource);
    files.push({
      path: `${layout.queries}/${query}.sql`,
      content: `${header}${comment}\n${readable(plan.sql)};\n`,
    });
  }
  if (plan.refresh.length > 0) {
    const path = `${layout.refresh}/${numberFile(target.refreshes, slugOf(plan, query))}`;
    const lag = '-- Brings what the migration derived up to date; run it within the declared staleness.';
    files.push({ path, content: `${lag}\n${statements(plan.refresh)}` });
  }
  return files;
}

/** The module takes the place of the SQL file; its packages are pinned in the target's manifest. */
function moduleFiles(module: NonNullable<Plan['module']>, target: TargetFiles, figures: string): PatchFile[] {
  const { layout, query } = target;
  const path = `${layout.queries}/${query}`;
  return [
    { path: `${path}.sql`, content: null },
    { path: `${path}.ts`, content: `// ${figures}\n${module.source}` },
    ...module.tests.map(({ path: test, source }) => ({ path: test, content: source })),
    { path: 'package.json', content: withPackages(target.manifest, module.packages) },
  ];
}

const Manifest = z.record(z.string(), z.unknown());
const Dependencies = z.record(z.string(), z.string()).default({});

function withPackages(text: string, packages: Record<string, string>): string {
  const manifest = Manifest.parse(JSON.parse(text));
  const all = Object.entries({ ...packages, ...Dependencies.parse(manifest['dependencies']) });
  const dependencies = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`;
}

/** The comment lines in front of a statement, each with its line end. */
export function leadingComment(source: string): string {
  return /^(?:[ \t]*--[^\n]*\n|[ \t]*\/\*[\s\S]*?\*\/[ \t]*\n|[ \t]*\n)*/.exec(source)?.[0] ?? '';
}

/** Words for a file name: the index's name where that is all, else the kind and the query. */
function slugOf(plan: Plan, query: string): string {
  const names = plan.ddl.flatMap((statement) => {
    const match =
      /^CREATE (?:UNIQUE )?(?:INDEX|TABLE|MATERIALIZED VIEW) (?:IF NOT EXISTS )?"?(?<name>[\w$]+)"?/i.exec(
        statement,
      );
    return match?.groups?.['name'] === undefined ? [] : [match.groups['name']];
  });
  const words =
    plan.kind === 'index' ? `index_${(names[0] ?? query).replace(/_idx$/, '')}` : `${plan.kind}_${query}`;
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 60)
    .replace(/_$/, '');
}

/** Laid out for people where that provably parses to the same statement, else as it was tried. */
function readable(sql: string): string {
  const parsed = parseSelect(sql);
  if (sql.includes('\n') || parsed === undefined) return sql;
  const laidOut = format(parsed).replace(/;\s*$/, '');
  return canonical(parseSelect(laidOut)) === canonical(parsed) ? laidOut : sql;
}

function statements(list: readonly string[]): string {
  return list.map((statement) => `${statement};\n`).join('');
}

function ms(value: number): string {
  return value >= 100 ? `${Math.round(value)} ms` : `${value.toPrecision(2)} ms`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > 110) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
