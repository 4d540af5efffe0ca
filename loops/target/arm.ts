import type { Params } from '../../datasets/patterns/pattern.ts';
import { openSandbox } from '../../sandboxes/containers/open-sandbox.ts';
import type { ExecOutcome, Sandbox } from '../../sandboxes/containers/sandbox.ts';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import type { TargetConfig } from './config.ts';
import { ServeClient, type ServeReply } from './serve-client.ts';
import { postgresDown, SqlClient } from './sql-client.ts';

/** Longest life of one arm's container; a session takes seconds. */
const ARM_TTL_MS = 15 * 60_000;

/** How long a new serve process has to answer anything at all. */
const SERVE_START_MS = 20_000;

/** How long the answer to a cancelled query may take. */
const SETTLE_MS = 1_000;

const OTHER_BACKENDS =
  "SELECT ACT(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";

/**
 * One arm in a fresh container: its PostgreSQL, its serve process and a connection of Whetstone's own.
 * The host drives all three through pipes; the container has no network.
 */
export class Arm implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly sql: SqlClient;
  readonly #serveCommand: readonly string[];
  #serve: ServeClient | undefined;

  private constructor(sandbox: Sandbox, sql: SqlClient, serveCommand: readonly string[]) {
    this.sandbox = sandbox;
    this.sql = sql;
    this.#serveCommand = serveCommand;
  }

  static async open(
    engine: Engine,
    image: string,
    config: TargetConfig,
    options: { purpose: string; signal: AbortSignal },
  ): Promise<Arm> {
    const sandbox = await openSandbox(engine, {
      image,
      profile: 'service',
      ttlMs: ARM_TTL_MS,
      purpose: options.purpose,
      signal: options.signal,
    });
    try {
      return new Arm(sandbox, await SqlClient.open(sandbox), config.commands.serve);
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Asks the target's serve process, which is started on first use and again after it died. */
  async ask(query: string, params: Params, limitMs: number): Promise<ServeReply> {
    const fresh = this.#serve === undefined;
    this.#serve ??= new ServeClient(await this.sandbox.pipe(this.#serveCommand, { cwd: '/target' }));
    const reply = await this.#serve.request(query, params, fresh ? limitMs + SERVE_START_MS : limitMs);
    if (reply.outcome === 'late' && !(await this.#cancelQuery(this.#serve))) await this.#dropServe();
    if (reply.outcome === 'gone') await this.#dropServe();
    return reply;
  }

  /** Ends a query that took too long, so that its late answer (an error) is out of the way and it slows nothing down. */
  async #cancelQuery(serve: ServeClient): Promise<boolean> {
    const settled = serve.settle(SETTLE_MS);
    await this.sql.run(OTHER_BACKENDS.replace('ACT', 'pg_cancel_backend'));
    return settled;
  }

  /** Runs one of the target's commands in the repository. */
  command(command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<ExecOutcome> {
    return this.sandbox.exec(command, { cwd: '/target', timeoutMs, signal });
  }

  /** Whetstone's own connection as it was when it was opened. */
  async resetSession(): Promise<void> {
    await this.sql.run('ROLLBACK');
    await this.sql.run('DISCARD ALL');
  }

  /** What cannot be asked again goes, with whatever it left running in the database. */
  async #dropServe(): Promise<void> {
    this.#serve?.close();
    this.#serve = undefined;
    await this.sql.run(OTHER_BACKENDS.replace('ACT', 'pg_terminate_backend'));
  }

  /** The container goes first, and all that runs in it: there is nothing left to be ended one by one. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox[Symbol.asyncDispose]();
    this.#serve?.close();
    await this.sql[Symbol.asyncDispose]();
  }
}

export async function startPostgres(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
  const up = await sandbox.exec(['pg-up'], { timeoutMs: 60_000, signal });
  if (up.exitCode !== 0) throw postgresDown(up.stderr);
}
