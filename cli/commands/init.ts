import { existsSync, realpathSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';
import { defineCommand } from '../define-command.ts';
import type { Layout } from '../init/choose-layout.ts';
import { inspectTarget, type TargetFacts } from '../init/inspect-target.ts';
import { layoutLiteral, type Todo, writeConfig } from '../init/write-config.ts';
import { writeTogether } from '../init/write-together.ts';

const template = fileURLToPath(new URL('../../loops/target/template/whetstone', import.meta.url));

export const initCommand = defineCommand({
  name: 'init',
  summary: 'write a whetstone.config.ts for a repository, after looking at it',
  examples: ['whetstone init', 'whetstone init ../shop', 'whetstone init --force --json'],
  args: [{ notation: '[target]', describe: 'the root of a git repository; here by default' }],
  options: [{ notation: '--force', describe: 'replace a configuration, and the programs in whetstone/' }],
  input: z.object({ target: z.string().default('.'), force: z.boolean().default(false) }),
  output: z.strictObject({
    config: z.string(),
    target: z.string(),
    domains: z.array(z.enum(['slow-query'])),
    /** Files that were written, from the target's root. */
    files: z.array(z.string()),
    /** What only a person can fill in. */
    todos: z.array(z.strictObject({ field: z.string(), what: z.string() })),
  }),
  async run({ target, force }, { cwd }) {
    const folder = path.resolve(cwd, target);
    const facts = await inspectTarget(existsSync(folder) ? realpathSync(folder) : folder);
    const { text, todos } = writeConfig(facts);
    const files = new Map(facts.layout ? await templateFiles(facts.layout) : []);
    // Last, so that a configuration never stands there without the programs that it names.
    files.set('whetstone.config.ts', text);
    const taken = [...files.keys()].filter((file) => existsSync(path.join(facts.root, file)));
    if (taken.length > 0 && !force) {
      throw new Fault('already-there', `${facts.root} has ${taken.toReversed().join(', ')} already`, {
        hint: '`whetstone init --force` replaces what is there',
      });
    }
    await writeTogether(new Map([...files].map(([file, content]) => [path.join(facts.root, file), content])));
    return {
      document: {
        config: path.join(facts.root, 'whetstone.config.ts'),
        target: facts.root,
        domains: ['slow-query' as const],
        files: [...files.keys()],
        todos,
      },
      text: renderInit(facts, [...files.keys()], todos),
      exitCode: 0,
    };
  },
});

/** The default programs of a target that keeps its SQL in files, told where this one does. */
async function templateFiles(layout: Layout): Promise<[string, string][]> {
  const names = (await readdir(template)).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const text = await readFile(path.join(template, name), 'utf8');
      return [`whetstone/${name}`, name === 'folders.mjs' ? withLayout(text, layout) : text];
    }),
  );
}

function withLayout(text: string, layout: Layout): string {
  return text.replace(/export const folders = .*;/, () => `export const folders = ${layoutLiteral(layout)};`);
}

function renderInit(facts: TargetFacts, files: readonly string[], todos: readonly Todo[]): string {
  const { layout, root, hasCommit, remote } = facts;
  const added = hasCommit ? `${layout ? 'whetstone ' : ''}whetstone.config.ts` : '--all';
  const config = path.join(root, 'whetstone.config.ts');
  return [
    `Wrote ${files.length === 1 ? config : `${config} and the programs in whetstone/`}.`,
    layout
      ? `  queries in ${layout.queries}/, migrations in ${layout.migrations}/, refresh in ${layout.refresh}/`
      : '  no folder of SQL queries was found: the target needs programs of its own that migrate and serve',
    remote === undefined
      ? '  no remote `origin`: accepted branches have nowhere to go until target.remote is made'
      : `  accepted branches go to ${remote}`,
    '',
    'Left for you to fill in:',
    ...todos.map(({ field, what }) => `  ${field}: ${what}`),
    '',
    `next: fill these in, then in ${root}: git add ${added} && git commit; whetstone doctor; whetstone mine`,
  ].join('\n');
}
