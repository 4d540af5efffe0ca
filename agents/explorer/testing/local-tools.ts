import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { CaseBrief, ToolCalls } from '../tool-calls.ts';

interface SubmittedPatch {
  case: string;
  planId: string;
  kind: string;
  label: string;
  rationale: string;
  patch: string;
  /** Files of the tree as submitted, by path. */
  files: Map<string, string>;
}

export interface LocalTools extends AsyncDisposable {
  tools: ToolCalls;
  submitted: SubmittedPatch[];
  /** Environments that were made and not destroyed. */
  open: Set<string>;
}

const DROP_KEPT = `do $$ declare name text; begin
  for name in select oid::regclass::text from pg_class where starts_with(relname, 'explorer_kept_')
  loop execute 'drop index ' || name; end loop; end $$`;

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/**
 * The explorer's tools over a local PostgreSQL, temporary checkouts and real processes. `/target`, `/tmp` and `/store`
 * lie below a folder of the environment's own.
 */
export async function localTools(
  host: string,
  cases: Map<string, CaseBrief>,
  files: Record<string, string>,
): Promise<LocalTools> {
  const base = await mkdtemp(join(tmpdir(), 'ws-explorer-'));
  // The server, another user here, writes its exports to the store.
  await chmod(base, 0o755);
  const open = new Set<string>();
  const submitted: SubmittedPatch[] = [];
  const inside = (env: string, path: string) =>
    /^\/(target|tmp|store)(\/|$)/.test(path) ? join(base, env, path) : path;
  const git = (env: string, ...args: string[]) => execa('git', args, { cwd: join(base, env, 'target') });

  const tools: ToolCalls = {
    async env_create() {
      const env = `env${open.size + submitted.length}-${Date.now()}`;
      for (const folder of ['target', 'tmp', 'store'])
        await mkdir(join(base, env, folder), { recursive: true });
      await symlink(NODE_MODULES, join(base, env, 'node_modules'));
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(base, env, 'target', path)), { recursive: true });
        await writeFile(join(base, env, 'target', path), content);
      }
      await git(env, 'init', '-q');
      await git(env, 'add', '-A');
      await git(env, '-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '-qm', 'base');
      open.add(env);
      return { env };
    },
    async env_exec({ env, command, stdin, timeoutMs, cwd }) {
      const started = Date.now();
      const [file = '', ...args] = command.map((word) => inside(env, word));
      const result = await execa('sh', ['-c', 'umask 0; exec "$@"', 'sh', file, ...args], {
        cwd: inside(env, cwd ?? '/target'),
        ...(stdin === undefined ? {} : { input: stdin }),
        env: { PGHOST: host, PGUSER: 'tester', PGDATABASE: 'postgres', STORE_DIR: join(base, env, 'store') },
        timeout: timeoutMs,
        maxBuffer: 4 * 2 ** 20,
        stripFinalNewline: false,
        reject: false,
      });
      return {
        outcome: result.timedOut ? 'timed_out' : result.isMaxBuffer ? 'output_limit' : 'completed',
        exitCode: result.exitCode ?? null,
        stdout: result.stdout,
        stderr: result.stderr,
        truncated: result.isMaxBuffer,
        wallMs: Date.now() - started,
      };
    },
    env_read_file: async ({ env, path }) => ({ content: await readFile(inside(env, path), 'utf8') }),
    async env_write_file({ env, path, content }) {
      await writeFile(inside(env, path), content);
      return { bytes: Buffer.byteLength(content) };
    },
    async env_diff({ env }) {
      await git(env, 'add', '-A', '-N');
      return { patch: (await git(env, 'diff')).stdout };
    },
    async env_destroy({ env }) {
      open.delete(env);
      // A sandbox takes its database with it; here the server outlives the environment.
      await execa('psql', ['-qXc', DROP_KEPT], {
        env: { PGHOST: host, PGUSER: 'tester', PGDATABASE: 'postgres' },
      });
      await rm(join(base, env), { recursive: true, force: true });
    },
    async case_get({ case: id }) {
      const brief = cases.get(id);
      if (brief === undefined) throw new Error(`no case ${id}`);
      return brief;
    },
    async candidate_submit({ case: id, env, planId, kind, label, rationale }) {
      const { patch } = await tools.env_diff({ env });
      const changed = (await git(env, 'diff', '--name-only')).stdout
        .split('\n')
        .filter((path) => path !== '');
      const read = async (path: string) =>
        [path, await readFile(resolve(base, env, 'target', path), 'utf8')] as const;
      submitted.push({
        case: id,
        planId,
        kind,
        label,
        rationale,
        patch,
        files: new Map(await Promise.all(changed.map(read))),
      });
      return { candidate: `candidate-${submitted.length}`, state: 'queued' };
    },
  };
  return {
    tools,
    submitted,
    open,
    async [Symbol.asyncDispose]() {
      await rm(base, { recursive: true, force: true });
    },
  };
}
