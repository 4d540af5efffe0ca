import { Duplex } from 'node:stream';
import pg from 'pg';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import type { Sandbox } from '../../sandboxes/containers/sandbox.ts';
import type { SandboxFault } from '../../sandboxes/fault.ts';
import { stepFault } from './step-fault.ts';

// The sandbox has no network: a process in it joins our pipe to the server's unix socket. In Perl, which starts in a
// tenth of Node's time; it is part of every Debian.
const JOIN_SOCKET = `
use Socket;
my $server;
socket($server, AF_UNIX, SOCK_STREAM, 0) && connect($server, pack_sockaddr_un('/run/postgresql/.s.PGSQL.5432')) or die $!;
my %to = (fileno(STDIN) => $server, fileno($server) => \\*STDOUT);
my %from = (fileno(STDIN) => \\*STDIN, fileno($server) => $server);
for (;;) {
  my $ready = '';
  vec($ready, $_, 1) = 1 for keys %from;
  select($ready, undef, undef, undef) >= 0 or next;
  for my $source (keys %from) {
    next unless vec($ready, $source, 1);
    exit 0 unless sysread($from{$source}, my $bytes, 65536);
    for (my $at = 0; $at < length $bytes;) {
      my $sent = syswrite($to{$source}, $bytes, length($bytes) - $at, $at) or exit 0;
      $at += $sent;
    }
  }
}
`;

/** What pg's protocol code expects of a net.Socket, over any duplex stream. */
class SocketLike extends Duplex {
  readonly #inner: Duplex;

  constructor(inner: Duplex) {
    super();
    this.#inner = inner;
    inner.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) inner.pause();
    });
    inner.on('end', () => this.push(null));
    inner.on('error', (error) => this.destroy(error));
    inner.on('close', () => this.destroy());
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  override _read(): void {
    this.#inner.resume();
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, done);
  }
  override _final(done: () => void): void {
    this.#inner.end(done);
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }
}

export const postgresDown = (detail: string): SandboxFault =>
  stepFault('postgres-down', `PostgreSQL did not start in a sandbox: ${detail.slice(-500)}`);

const asText = { getTypeParser: () => (value: string | Buffer) => value.toString() };

/** A connection to the PostgreSQL of one sandbox, from the host. All values come back as PostgreSQL's text. */
export class SqlClient implements AsyncDisposable {
  readonly #client: pg.Client;
  readonly #typeNames: Map<number, string>;

  private constructor(client: pg.Client, typeNames: Map<number, string>) {
    this.#client = client;
    this.#typeNames = typeNames;
  }

  /** Starts the server where it does not run yet. SandboxFault `postgres-down` where it cannot be reached. */
  static async open(sandbox: Sandbox): Promise<SqlClient> {
    // One process for both: each costs the engine as much as starting the server does.
    const pipe = await sandbox.pipe(['sh', '-c', 'pg-up >&2 && exec perl -e "$1"', 'sh', JOIN_SOCKET]);
    const client = new pg.Client({
      user: 'sandbox',
      database: 'target',
      password: '',
      stream: (() => new SocketLike(pipe)) as never,
      types: asText,
    });
    // A connection that dies later shows itself in the query that fails, not as an uncaught event.
    client.on('error', () => {});
    await client.connect().catch((error: Error) => {
      throw postgresDown(pipe.stderrTail() || error.message);
    });
    const types = await client.query<{ oid: string; name: string }>(
      "SELECT oid, CASE WHEN typelem <> 0 AND typcategory = 'A' THEN typelem::regtype::text || '[]' ELSE typname END AS name FROM pg_type",
    );
    return new SqlClient(client, new Map(types.rows.map(({ oid, name }) => [Number(oid), name])));
  }

  /** Rows with column and type names; parameters are text or null. */
  async query(sql: string, params: readonly (string | null)[] = []): Promise<ResultSet> {
    const result = await this.#client.query({ text: sql, values: [...params], rowMode: 'array' });
    return {
      columns: result.fields.map((field) => field.name),
      types: result.fields.map((field) => this.#typeNames.get(field.dataTypeID) ?? String(field.dataTypeID)),
      rows: result.rows,
    };
  }

  /** The same as objects, for our own catalogue queries. */
  async objects<T extends Record<string, string | null>>(
    sql: string,
    params: readonly (string | null)[] = [],
  ): Promise<T[]> {
    return (await this.#client.query<T>(sql, [...params])).rows;
  }

  /** Statements without parameters, several allowed. */
  async run(sql: string): Promise<void> {
    await this.#client.query(sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}
