import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commandLoaders, loadCommands } from '../cli/commands/index.ts';
import { AdmissionCheck, VariantKind } from '../datasets/cases/case.ts';
import { CodeConfig } from '../loops/target/code-config.ts';
import { TargetConfig } from '../loops/target/config.ts';
import { loadAnyTarget } from '../loops/target/load-target.ts';
import { renderLedger } from '../loops/workflows/summarise.ts';
import { type Block, readPages, repository } from './support/doc-blocks.ts';
import { type FlightsLoop, flightsLoop } from './support/flights-loop.ts';

const MINUTE = 60_000;
const pages = readPages();
const pageOf = (name: string): string => pages.find((page) => page.name === name)?.text ?? '';
const blocks = pages.flatMap((page) => page.blocks);
const shell = blocks.filter(({ language }) => language === 'sh' || language === 'console');
const snippets = blocks.filter(({ language }) => language === 'ts');
const nameOf = ({ page, line }: Block): string => `${page}:${line}`;

/** The two commands from a bare clone: the shared loop is the first; the second is what runs this test. */
const bareClone = shell.filter(({ text }) => /^npm (start|test)$/.test(text.trim()));
const others = shell.filter((block) => !bareClone.includes(block));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'whetstone-docs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder that looks like a clone to whoever stands in it, without its being written to. */
async function makeClone(place: string): Promise<string> {
  const clone = path.join(folder, place, 'whetstone');
  await mkdir(clone, { recursive: true });
  for (const name of await readdir(repository)) {
    if (name !== '.git') await symlink(path.join(repository, name), path.join(clone, name));
  }
  return clone;
}

async function commit(repositoryFolder: string): Promise<void> {
  const git = simpleGit(repositoryFolder);
  await git.raw(['init', '--quiet', '--initial-branch=main']);
  await git.raw(['add', '--all']);
  const who = ['-c', 'user.name=Docs', '-c', 'user.email=docs@localhost'];
  await git.raw([...who, 'commit', '--quiet', '--no-verify', '--no-gpg-sign', '--message', 'First commit']);
}

/** Runs a script as a person at a prompt would; npm's own variables of this test run stay out. */
function run(script: string, cwd: string, env: Record<string, string> = {}) {
  const outer = Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_'));
  return execa('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env: { ...Object.fromEntries(outer), npm_config_cache: path.join(folder, 'npm-cache'), ...env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  });
}

async function follow(block: Block, cwd: string, env: Record<string, string> = {}): Promise<void> {
  if (block.language === 'sh') {
    const { exitCode, stderr } = await run(block.text, cwd, env);
    expect({ exitCode, stderr: exitCode === block.exitCode ? '' : stderr }).toEqual({
      exitCode: block.exitCode,
      stderr: '',
    });
    return;
  }
  for (const part of block.text.split(/^\$ /m).slice(1)) {
    const [command = '', ...said] = part.trimEnd().split('\n');
    const { stdout } = await run(command, cwd, env);
    expect(stdout.trimEnd()).toBe(said.join('\n'));
  }
}

test('every block is one that some test runs', async () => {
  const known = ['sh', 'console', 'ts'];
  const unknown = blocks.filter(({ language }) => !known.includes(language));
  expect(unknown.map((block) => `${nameOf(block)}: \`${block.language}\`; indent what nobody runs`)).toEqual(
    [],
  );
  expect(bareClone.map(({ text }) => text.trim()).sort()).toEqual(['npm start', 'npm test']);
  // `npm test` is not run within itself: CI calls it.
  expect(await readFile(path.join(repository, '.ci/run'), 'utf8')).toMatch(/^npm test\b/m);
  for (const block of others.filter(({ runs }) => runs !== 'now' && runs !== 'loop')) {
    const file = path.join(repository, block.runs);
    expect(existsSync(file), `${nameOf(block)} names ${block.runs}`).toBe(true);
    const command = /whetstone ([a-z]+)/.exec(block.text)?.[1];
    expect(await readFile(file, 'utf8'), `${block.runs} runs ${command}`).toContain(`'${command}'`);
  }
});

describe('what needs no loop', () => {
  let clone: string;
  beforeAll(async () => {
    clone = await makeClone('cheap');
    const log = path.join(repository, 'examples/flights-log/postgresql.json');
    await cp(log, path.join(clone, 'my.log'));
    await mkdir(path.join(clone, '../logs'));
    await cp(log, path.join(clone, '../logs/postgresql.json'));
    const service = path.join(clone, '../my-service');
    for (const name of ['queries', 'migrations', 'data'])
      await mkdir(path.join(service, name), { recursive: true });
    await writeFile(path.join(service, 'queries/order-by-id.sql'), 'SELECT * FROM orders WHERE id = $1\n');
    await writeFile(path.join(service, 'migrations/0001_orders.sql'), 'CREATE TABLE orders (id int);\n');
    await writeFile(path.join(service, 'data/load.sql'), 'INSERT INTO orders VALUES (1);\n');
    await commit(service);
  });

  test.each(others.filter(({ runs }) => runs === 'now').map((block) => ({ name: nameOf(block), block })))(
    '$name',
    ({ block }) => follow(block, clone),
  );

  test.each(snippets.map((block) => ({ name: nameOf(block), block })))(
    '$name is a configuration that loads',
    async ({ name, block }) => {
      const target = path.join(folder, name.replaceAll(/\W/g, '-'));
      await mkdir(target);
      await writeFile(path.join(target, 'whetstone.config.ts'), block.text);
      await commit(target);
      const { config } = await loadAnyTarget(path.join(target, 'whetstone.config.ts'));
      expect(block.text).toContain(`name: '${config.name}'`);
    },
  );

  test('the snippets have no type errors', async () => {
    const read = ts.readConfigFile(path.join(repository, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(read.config.compilerOptions, repository);
    const sources = new Map(
      snippets.map(({ text }, at) => [path.join(repository, `docs/snippet-${at}.ts`), text]),
    );
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile: readSource, getSourceFile } = host;
    host.fileExists = (file) => sources.has(file) || fileExists(file);
    host.readFile = (file) => sources.get(file) ?? readSource(file);
    host.getSourceFile = (file, languageVersion) => {
      const text = sources.get(file);
      return text === undefined
        ? getSourceFile(file, languageVersion)
        : ts.createSourceFile(file, text, languageVersion);
    };
    const program = ts.createProgram([...sources.keys()], options, host);
    const found = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    expect(sources.size).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});

const withoutFigures = (line: string): string => line.trim().replaceAll(/\d[\d.,]*/g, '0');

describe('what a loop has left', () => {
  let loop: FlightsLoop;
  let clone: string;
  beforeAll(async () => {
    loop = await flightsLoop();
    clone = await makeClone('loop');
    const target = path.dirname(loop.configPath);
    await symlink(target, path.join(clone, '../my-service'));
    // A patch that the gate refuses at once: measuring one is what the gate's own tests do.
    const copy = path.join(folder, 'patched');
    await simpleGit().raw(['clone', '--quiet', '--', target, copy]);
    const [existing = ''] = (await readdir(path.join(copy, 'test'))).filter((name) =>
      name.endsWith('.test.ts'),
    );
    await writeFile(path.join(copy, 'test', existing), '// nothing is tested any more\n');
    await writeFile(path.join(clone, 'my.patch'), `${(await simpleGit(copy).raw(['diff'])).trimEnd()}\n`);
  }, 30 * MINUTE);

  test('npm start has run, as it stands there', () => {
    expect(loop.summary.cases.admitted).toBeGreaterThan(0);
  });

  test.each(others.filter(({ runs }) => runs === 'loop').map((block) => ({ name: nameOf(block), block })))(
    '$name',
    async ({ block }) => {
      const text = block.text.replaceAll('/var/lib/whetstone/flights', loop.stateDirectory);
      await follow({ ...block, text }, clone, {
        FLIGHTS: loop.configPath,
        WHETSTONE_HOME: loop.stateDirectory,
      });
    },
    10 * MINUTE,
  );

  test('the picture shows a ledger as a loop prints it today', async () => {
    const svg = await readFile(path.join(repository, 'docs/ledger.svg'), 'utf8');
    const shown = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, line = '']) => withoutFigures(line));
    const printed = renderLedger(loop.summary).split('\n').slice(0, 2).map(withoutFigures);
    for (const line of printed) expect(shown).toContain(line);
  });
});

test('commands in the text exist, with their options', async () => {
  const commands = await loadCommands();
  const everywhere = ['--config', '--state', '--json', '--quiet', '--verbose', '--help'];
  for (const { name, inline } of pages) {
    for (const code of inline) {
      const words = /^(?:npx )?whetstone (\S.*)$/.exec(code)?.[1]?.split(' ');
      if (words === undefined || words[0]?.startsWith('-') || words[0] === 'help') continue;
      const fits = commands.filter((one) => `${words.join(' ')} `.startsWith(`${one.name} `));
      expect(fits, `${name}: \`${code}\``).toHaveLength(1);
      const options = fits[0]?.options.map(({ notation }) => notation.split(' ')[0]) ?? [];
      const used = words.filter((word) => word.startsWith('--'));
      expect([...everywhere, ...options], `${name}: \`${code}\``).toEqual(expect.arrayContaining(used));
    }
  }
});

test('the table of commands has each command once', () => {
  const table = pageOf('README.md').split('## Commands')[1]?.split('###')[0] ?? '';
  const rows = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) =>
    cell
      .split(' ')
      .filter((word) => /^[a-z]+$/.test(word))
      .join(' '),
  );
  expect(rows.sort()).toEqual(Object.keys(commandLoaders).sort());
});

test('links, scripts and files that the text names are there', async () => {
  const manifest = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const missing: string[] = [];
  for (const { name, text, inline } of pages) {
    for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      if (!existsSync(path.join(repository, path.dirname(name), link))) missing.push(`${name}: ${link}`);
    }
    for (const code of inline) {
      const script = /^npm run (\S+)/.exec(code)?.[1];
      if (script !== undefined && !(script in manifest.scripts)) missing.push(`${name}: ${code}`);
      const file = /^(?:datasets|sandboxes|tools|agents|loops|cli|tests|bench|docs|examples)\/[\w./-]*$/.test(
        code,
      );
      // A case has a folder tests/ of its own.
      const inCase = name === 'docs/cases.md' && code.startsWith('tests/');
      if (file && !inCase && !existsSync(path.join(repository, code))) missing.push(`${name}: ${code}`);
    }
  }
  expect(missing).toEqual([]);
});

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  default?: unknown;
  required?: string[];
}

/** Each key of the configuration with what stands in the column of defaults. */
function keysOf(schema: JsonSchema, above = ''): [string, string][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]): [string, string][] => {
    const key = `${above}${name}`;
    if (inner.properties) return keysOf(inner, `${key}.`);
    if (inner.items?.properties) return keysOf(inner.items, `${key}[].`);
    if (inner.default !== undefined) return [[key, `\`${JSON.stringify(inner.default)}\``]];
    return [[key, schema.required?.includes(name) ? 'required' : 'none']];
  });
}

test.each([
  ['docs/configuration.md', TargetConfig],
  ['docs/code-targets.md', CodeConfig],
])('%s has every key of the configuration with its default, and no other', (page, config) => {
  const schema = z.toJSONSchema(config, { io: 'input' }) as JsonSchema;
  const rows = [...pageOf(page).matchAll(/^\| `([\w.[\]]+)`\s*\| (.*?)\s*\|/gm)];
  expect(Object.fromEntries(rows.map(([, key, fallback]) => [key, fallback]))).toEqual(
    Object.fromEntries(keysOf(schema)),
  );
});

test('docs/cases.md has every kind of variant and every admission check', () => {
  const named = [...pageOf('docs/cases.md').matchAll(/`([a-z-]+)`/g)].map(([, word]) => word);
  expect(named).toEqual(
    expect.arrayContaining([...VariantKind.options, ...AdmissionCheck.shape.check.options]),
  );
});
