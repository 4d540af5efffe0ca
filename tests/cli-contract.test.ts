import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commandLine } from './support/command-line.ts';

/**
 * What programs build on. Fields may be added; none may be renamed, dropped or moved. `[]` steps into a list.
 * A command joins by being registered; one that is registered and not listed here fails.
 */
const contract: Record<string, { fields: readonly string[] }> = {
  init: { fields: ['config', 'target', 'domains'] },
  doctor: { fields: ['checks[].name', 'checks[].state', 'checks[].found', 'checks[].remedy'] },
  setup: { fields: ['engine.version', 'engine.apiVersion', 'installed', 'images[].name', 'images[].image'] },
  uninstall: {
    fields: [
      'removed.containers',
      'removed.images',
      'removed.state',
      'removed.packages',
      'kept[].what',
      'kept[].why',
    ],
  },
  schema: { fields: ['schemas'] },
  'images list': {
    fields: [
      ...['owner', 'usedBytes', 'budgetBytes'],
      ...['name', 'tag', 'id', 'bytes', 'ownBytes', 'createdAt', 'lastUsedAt', 'inUse'].map(
        (field) => `images[].${field}`,
      ),
    ],
  },
  'images build': {
    fields: ['wallMs', ...['name', 'tag', 'id', 'bytes', 'made'].map((field) => `images[].${field}`)],
  },
  'images prune': {
    fields: [
      ...['dryRun', 'budgetBytes', 'usedBytes.before', 'usedBytes.after'],
      ...['tag', 'id', 'ownBytes', 'lastUsedAt'].map((field) => `removed[].${field}`),
      ...['tag', 'id', 'ownBytes', 'why'].map((field) => `kept[].${field}`),
    ],
  },
  patterns: {
    fields: [
      'lines.read',
      'lines.matched',
      'lines.unparsed',
      'bytes',
      ...['id', 'fingerprint', 'count', 'totalMs', 'share', 'p50Ms', 'p95Ms', 'maxMs'].map(
        (field) => `patterns[].${field}`,
      ),
      ...['firstSeen', 'lastSeen', 'samples'].map((field) => `patterns[].${field}`),
    ],
  },
  rescore: {
    fields: [
      'trials',
      ...['case', 'from', 'to', 'why'].map((field) => `flipped[].${field}`),
      ...['run', 'case', 'from', 'to'].map((field) => `verdicts[].${field}`),
    ],
  },
  mine: {
    fields: [
      ...['case', 'pattern', 'split'].map((field) => `admitted[].${field}`),
      ...['pattern', 'check', 'detail'].map((field) => `refused[].${field}`),
    ],
  },
  ...Object.fromEntries(
    ['show', 'freeze', 'diff'].map((command) => [
      `dataset ${command}`,
      {
        fields: [
          'name',
          'version',
          'sha256',
          ...['id', 'split', 'sha256'].map((field) => `cases[].${field}`),
        ],
      },
    ]),
  ),
  'dataset list': {
    fields: [
      ...['name', 'version', 'sha256'].map((field) => `datasets[].${field}`),
      ...['id', 'split', 'sha256'].map((field) => `datasets[].cases[].${field}`),
    ],
  },
  'dataset verify': { fields: ['case', 'path', 'problem'].map((field) => `findings[].${field}`) },
  eval: {
    fields: [
      ...['run', 'dataset', 'version', 'sha256', 'revision', 'patchSha256', 'passRate'],
      ...['id', 'split', 'trials', 'passed', 'failed', 'timedOut', 'invalid', 'infraErrors', 'medianMs'].map(
        (field) => `cases[].${field}`,
      ),
    ],
  },
  gate: {
    fields: [
      ...['verdict', 'reasons[].code', 'reasons[].detail', 'stages', 'guards', 'costs'],
      ...['id', 'base', 'candidate'].map((field) => `cases[].${field}`),
      ...['case', 'ratio', 'lower95', 'pairs'].map((field) => `speed[].${field}`),
    ],
  },
  matrix: {
    fields: [
      ...['cases', 'plans'],
      ...['case', 'plan', 'state', 'medianMs', 'storageBytes', 'buildMs'].map((field) => `cells[].${field}`),
      ...['case', 'plan', 'medianMs', 'speedup'].map((field) => `best[].${field}`),
    ],
  },
  ...Object.fromEntries(
    ['loop', 'start'].map((command) => [
      command,
      {
        fields: [
          ...['signals', 'patterns', 'cases.admitted', 'cases.refused'],
          ...['tried', 'accepted', 'rejected', 'inconclusive', 'reasons'].map(
            (field) => `candidates.${field}`,
          ),
          ...['passRate.before', 'passRate.after', 'frontier.dataset', 'frontier.version', 'frontier.cases'],
          ...['pattern', 'branch', 'speedup'].map((field) => `branches[].${field}`),
          ...['costs.wallMs', 'costs.trials', 'costs.usd'],
        ],
      },
    ]),
  ),
  ...Object.fromEntries(
    ['list', 'run'].map((command) => [
      `frontier ${command}`,
      {
        fields: [
          ...['dataset', 'version', 'sha256'],
          ...['id', 'since', 'bestAttempt', 'outcome'].map((field) => `cases[].${field}`),
        ],
      },
    ]),
  ),
  ...Object.fromEntries(
    ['list', 'show'].map((command) => [
      `pr ${command}`,
      { fields: ['id', 'pattern', 'branch', 'state', 'verdict', 'url'].map((field) => `prs[].${field}`) },
    ]),
  ),
};

/** Lines that are quick and need no engine; `fields` of the answer must be there, and it must match its schema. */
const answers: { line: string[]; command: string; exitCode: number }[] = [
  { command: 'patterns', line: ['patterns', 'examples/flights-log/postgresql.csv'], exitCode: 0 },
  { command: 'schema', line: ['schema', 'patterns'], exitCode: 0 },
  { command: 'uninstall', line: ['uninstall', '--yes', '--state', '/nonexistent/state'], exitCode: 0 },
  // No engine answers at the socket that the tests name, so one needed check is not ok.
  { command: 'doctor', line: ['doctor'], exitCode: 1 },
];

const usageErrors: { line: string[]; says: RegExp }[] = [
  { line: [], says: /A command is missing/ },
  { line: ['pattern', 'x.log'], says: /unknown command 'pattern'.*Did you mean patterns\?/ },
  { line: ['patterns'], says: /missing required argument 'log'/ },
  { line: ['patterns', 'x.log', '--tpo', '3'], says: /unknown option '--tpo'.*Did you mean --top\?/ },
  { line: ['patterns', 'x.log', '--top', 'many'], says: /`top`: .*number/ },
  { line: ['patterns', '/nonexistent/x.log'], says: /\/nonexistent\/x\.log/ },
  { line: ['images', 'prune', '--budget', 'much'], says: /`budget`: `much` is no size/ },
  { line: ['schema', 'nope'], says: /no command `nope`/ },
  { line: ['setup', '--yes'], says: /No Docker Engine answers/ },
];

const root = path.resolve(import.meta.dirname, '..');
const binary = path.join(root, 'bin/whetstone.mjs');
let home: string;
let schemas: Record<string, JsonSchema>;

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}

/** In a folder without a configuration, with a home of its own and no engine. */
const whetstone = (words: readonly string[], { cwd = home }: { cwd?: string } = {}) =>
  commandLine(words, {
    cwd,
    env: {
      HOME: home,
      DOCKER_HOST: `unix://${home}/docker.sock`,
      WHETSTONE_HOME: undefined,
      DATABASE_URL: undefined,
    },
  });

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'whetstone-cli-'));
  const published = await whetstone(['schema', '--json']);
  schemas = (JSON.parse(published.stdout) as { schemas: typeof schemas }).schemas;
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('published schemas', () => {
  test('every command stands in the contract', () => {
    const unknown = Object.keys(schemas).filter((name) => contract[name] === undefined);
    expect(unknown, 'Add its fields to the contract in this file.').toEqual([]);
  });

  test('every field of the contract is published', () => {
    const missing = Object.keys(schemas).flatMap((name) => {
      const schema = schemas[name] as JsonSchema;
      const fields = contract[name]?.fields ?? [];
      return fields.filter((field) => !hasField(schema, field, schema)).map((field) => `${name}: ${field}`);
    });
    expect(missing, 'Fields are added, never renamed or dropped.').toEqual([]);
  });

  test('every document carries schemaVersion 1', () => {
    const without = Object.entries(schemas).filter(
      ([, schema]) => !hasField(schema, 'schemaVersion', schema),
    );
    expect(without).toEqual([]);
  });
});

describe('answers', () => {
  test.each(answers)('$line', async ({ line, command, exitCode }) => {
    const done = await whetstone([...line, '--json'], { cwd: root });
    expect(done.exitCode, done.stderr).toBe(exitCode);
    expect(done.stdout.split('\n')).toHaveLength(1);
    const document: unknown = JSON.parse(done.stdout);
    const schema = z.fromJSONSchema(schemas[command] as Parameters<typeof z.fromJSONSchema>[0]);
    expect(schema.safeParse(document).error).toBeUndefined();
    expect(document).toMatchObject({ schemaVersion: 1 });
  });

  test('global options may stand before the command, and --quiet leaves stderr empty', async () => {
    const log = path.join(root, 'examples/flights-log/postgresql.csv');
    const [before, after] = await Promise.all([
      whetstone(['--json', '--quiet', 'patterns', log, '--top', '1']),
      whetstone(['patterns', '--top', '1', log, '--quiet', '--json']),
    ]);
    expect(before.stdout).toBe(after.stdout);
    expect(before.stderr).toBe('');
    expect((JSON.parse(before.stdout) as { patterns: unknown[] }).patterns).toHaveLength(1);
  });

  test('a reader that goes away early is no error', async () => {
    const log = path.join(root, 'examples/flights-log/postgresql.csv');
    const done = await execa('sh', [
      '-c',
      `"$0" "$1" patterns --top 0 --json "$2" | head -c 10`,
      process.execPath,
      binary,
      log,
    ]);
    expect(done.stdout).toHaveLength(10);
    expect(done.stderr).not.toContain('EPIPE');
  });
});

describe('errors', () => {
  test.each(usageErrors)('$line', async ({ line, says }) => {
    const done = await whetstone([...line, '--json']);
    expect(done.exitCode).toBe(2);
    const { schemaVersion, error } = JSON.parse(done.stdout) as {
      schemaVersion: number;
      error: Record<string, string>;
    };
    expect(schemaVersion).toBe(1);
    expect(Object.keys(error)).toEqual(['code', 'message', 'hint']);
    expect(error['message']).toMatch(says);
    expect(error['hint']).toMatch(/\w/);
    const paragraph = done.stderr.trim();
    expect(paragraph.replaceAll(/\s+/g, ' ')).toMatch(says);
    expect(paragraph).not.toMatch(/\n\n|\n\s+at /);
    for (const line of paragraph.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('without --json stdout stays empty', async () => {
    const done = await whetstone(['patterns', '/nonexistent/x.log']);
    expect(done.stdout).toBe('');
    expect(done.exitCode).toBe(2);
  });

  test('--verbose adds the stack trace', async () => {
    const done = await whetstone(['patterns', '/nonexistent/x.log', '--verbose']);
    expect(done.stderr).toMatch(/\n\s+at /);
  });

  test('commands that need a configuration say so', async () => {
    const needing = ['mine', 'eval', 'matrix', 'loop', 'gate'].filter((name) => name in schemas);
    for (const name of needing) {
      const words = { eval: ['--dataset', 'x'], gate: ['--patch', binary] }[name] ?? [];
      const done = await whetstone([name, ...words, '--config', `${home}/none.config.ts`, '--json']);
      expect(done.exitCode, `${name}: ${done.stderr}`).toBe(2);
      expect(done.stderr.replaceAll(/\s+/g, ' ')).toContain(`${home}/none.config.ts`);
    }
  });
});

describe('help', () => {
  test('each command shows its options and examples that its own parser takes', async () => {
    for (const name of Object.keys(schemas)) {
      const done = await whetstone([...name.split(' '), '--help']);
      expect(done.exitCode, name).toBe(0);
      expect(done.stderr, name).toBe('');
      expect(done.stdout, name).toMatch(/Usage: whetstone/);
      expect(done.stdout, name).toMatch(/Examples:\n {2}\$ \S/);
      expect(done.stdout, name).toContain('--json');
    }
  });

  test('the list of the program itself names every command', async () => {
    const done = await execa(process.execPath, [binary, '--help']);
    for (const name of Object.keys(schemas)) expect(done.stdout).toContain(`\n  ${name.split(' ')[0]}`);
  });
});

describe('interruption', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends with 130 and one document', async (signal) => {
    // It waits for the rest of a log that never comes.
    const running = execa(process.execPath, [binary, 'patterns', '-', '--json'], {
      cwd: home,
      reject: false,
      timeout: 60_000,
    });
    const line = '2026-01-01 00:00:00.000 UTC [1] LOG:  duration: 1.000 ms  statement: SELECT 1\n';
    running.stdin.write(line.repeat(20_000));
    await new Promise<void>((resolve) => {
      running.stderr.on('data', (chunk) => String(chunk).includes('reading') && resolve());
    });
    running.kill(signal);
    // As npm does with a Ctrl-C that the terminal has sent already: the same key press, not a second one.
    running.kill(signal);
    const done = await running;
    expect(done.exitCode).toBe(130);
    expect(JSON.parse(done.stdout)).toMatchObject({ error: { code: 'interrupted' } });
  });
});

/** Whether some form of the document has the field. */
function hasField(schema: JsonSchema, field: string, top: JsonSchema): boolean {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) as string;
    return hasField(top.$defs?.[name] ?? {}, field, top);
  }
  const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (forms.some((form) => hasField(form, field, top))) return true;
  const [head, ...rest] = field.split('.') as [string, ...string[]];
  const isList = head.endsWith('[]');
  const property = schema.properties?.[isList ? head.slice(0, -2) : head];
  if (property === undefined) return false;
  if (!isList) return rest.length === 0 || hasField(property, rest.join('.'), top);
  return hasElement(property, rest.join('.'), top);
}

function hasElement(list: JsonSchema, field: string, top: JsonSchema): boolean {
  if (list.items !== undefined) return hasField(list.items, field, top);
  return [...(list.anyOf ?? []), ...(list.oneOf ?? [])].some((form) => hasElement(form, field, top));
}
