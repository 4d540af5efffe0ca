import type { Layout } from './choose-layout.ts';
import type { TargetFacts } from './inspect-target.ts';

/** A field of the new configuration that only a person can fill, and what belongs there. */
export interface Todo {
  field: string;
  what: string;
}

const TEMPLATE_COMMAND = (program: string) => `['node', 'whetstone/${program}.mjs']`;

/** The text of a `whetstone.config.ts` for a target, and what is left to fill in. */
export function writeConfig(facts: TargetFacts): { text: string; todos: Todo[] } {
  const { name, base, remote, layout } = facts;
  const todos: Todo[] = [];
  const todo = (field: string, what: string): string => {
    todos.push({ field, what });
    return `// TODO ${what}`;
  };
  const lines = [
    "import { defineConfig } from 'whetstone';",
    '',
    '// All that Whetstone knows of this repository. A patch that it judges cannot change this file.',
    'export default defineConfig({',
    `  name: ${quote(name)},`,
    '  target: {',
    '    // Candidates start from this branch; accepted ones are pushed to the remote as branches of their own.',
    `    base: ${quote(base)},`,
    ...(remote === undefined
      ? [
          `    ${todo('target.remote', `make a bare repository there (git clone --bare . ../${name}.git), or name yours`)}`,
          `    remote: ${quote(`../${name}.git`)},`,
        ]
      : [`    remote: ${quote(remote)},`]),
    ...(layout === undefined ? [] : [`    layout: ${layoutLiteral(layout)},`]),
    '  },',
    `  ${todo('sources', 'your slow-query logs (`whetstone patterns LOG` ranks them), outside this repository: they hold the hidden parameters')}`,
    `  sources: [{ path: ${quote(`../${name}-logs/postgresql*`)} }],`,
    '  environment: {',
    '    // npm packages in the sandbox, at exact versions; a candidate may add these and no others.',
    `    packages: ${record(facts.packages)},`,
    `    ${todo('environment.data', dataWords(facts))}`,
    `    data: ${dataCommand(facts)},`,
    '  },',
    '  commands: {',
    ...commandLines(facts, todo),
    '  },',
    '  // The most milliseconds that a query may take. One each: { default: { ms: 50 }, queries: { name: { ms: 200 } } }.',
    '  objective: { ms: 50 },',
    '  // Seconds that an answer may lag behind the tables. 0 rules copies out, whatever `allow` says.',
    '  staleness: 0,',
    "  // What candidates may do; also 'materialise' (copies with a refresh) and 'engine' (DuckDB, SQLite).",
    "  allow: ['index', 'rewrite'],",
    '});',
  ];
  return { text: `${lines.join('\n')}\n`, todos };
}

function commandLines(
  { layout, testScript }: TargetFacts,
  todo: (field: string, what: string) => string,
): string[] {
  const test =
    testScript === undefined
      ? []
      : [
          '    // Where the tests need no more than the sandbox has (Node, the packages, PostgreSQL), every patch must pass them:',
          `    // test: ['sh', '-c', ${quote(testScript)}],`,
        ];
  if (layout !== undefined) {
    return [
      '    // The programs in whetstone/ serve folders of SQL files; change them as you like.',
      `    migrate: ${TEMPLATE_COMMAND('migrate')},`,
      `    refresh: ${TEMPLATE_COMMAND('refresh')},`,
      `    serve: ${TEMPLATE_COMMAND('serve')},`,
      ...test,
    ];
  }
  const contract = 'docs/target.md of Whetstone says what it takes';
  return [
    `    ${todo('commands.migrate', `the command that applies new migrations; ${contract}`)}`,
    "    migrate: ['node', '--import', 'tsx', 'src/migrate.ts'],",
    `    ${todo('commands.serve', `a program that answers { id, query, params } lines on stdin; ${contract}`)}`,
    "    serve: ['node', '--import', 'tsx', 'src/serve.ts'],",
    ...test,
  ];
}

function dataWords({ dataFile }: TargetFacts): string {
  const what = 'run once in the sandbox, without a network; makes the schema and its rows';
  return dataFile === undefined ? `${what}: write that file` : `${what}: see that this does`;
}

function dataCommand({ layout, hasMigrations, dataFile = 'data/load.sql' }: TargetFacts): string {
  const load = `psql -qX -v ON_ERROR_STOP=1 -f ${shellWord(dataFile)}`;
  if (layout === undefined || !hasMigrations) return `['sh', '-c', ${quote(load)}]`;
  return `['sh', '-c', ${quote(`node whetstone/migrate.mjs && ${load}`)}]`;
}

const shellWord = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** As TypeScript, for the configuration and for the programs that serve it. */
export const layoutLiteral = ({ queries, migrations, refresh }: Layout): string =>
  `{ queries: ${quote(queries)}, migrations: ${quote(migrations)}, refresh: ${quote(refresh)} }`;

/** A literal of TypeScript in single quotes. */
const quote = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

function record(entries: Record<string, string>): string {
  const written = Object.entries(entries).map(([key, value]) => `${quote(key)}: ${quote(value)}`);
  return written.length === 0 ? '{}' : `{ ${written.join(', ')} }`;
}
