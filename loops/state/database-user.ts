import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { Fault } from '../../datasets/fault.ts';

/** The system user that the embedded database runs as where Whetstone itself is root: PostgreSQL refuses to. */
const DATABASE_USER = 'whetstone';
const NO_HOME = '/nonexistent';

export interface Identity {
  uid: number;
  gid: number;
}

/**
 * The identity to run the database in `data` under: undefined for an ordinary user, who runs it as himself. One that is
 * there runs as who owns it, even where the system user has been taken back since or made again with another number.
 */
export async function databaseIdentity(data: string): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await ownerOf(data)) ?? (await lookUp()) ?? (await create());
}

async function ownerOf(data: string): Promise<Identity | undefined> {
  const { uid, gid } = (await stat(data).catch(() => undefined)) ?? { uid: 0, gid: 0 };
  return uid === 0 ? undefined : { uid, gid };
}

async function lookUp(): Promise<Identity | undefined> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((flag) => execa('id', [flag, DATABASE_USER], { reject: false })),
  );
  if (uid?.exitCode !== 0 || gid?.exitCode !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function create(): Promise<Identity> {
  const flags = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    NO_HOME,
    '--shell',
    '/usr/sbin/nologin',
  ];
  const made = await execa('useradd', [...flags, DATABASE_USER], { reject: false });
  // Exit code 9: the name exists, so another process was faster.
  const identity = await lookUp();
  if (identity === undefined) {
    throw new Fault(
      'no-database-user',
      `The system user ${DATABASE_USER}, which the database runs as, cannot be made: ${made.stderr || made.message}`,
      {
        kind: 'infrastructure',
        hint: `Run \`useradd --system --user-group ${DATABASE_USER}\`, run Whetstone as an ordinary user, or set DATABASE_URL to a PostgreSQL server.`,
      },
    );
  }
  return identity;
}

/** Takes the system user back; true when there was one, made by us, of which nothing runs any more. For uninstall. */
export async function removeDatabaseUser(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const entry = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((line) => line.startsWith(`${DATABASE_USER}:`));
  // A person may bear the name: only an account without a home is ours.
  if (entry?.split(':')[5] !== NO_HOME) return false;
  return (await execa('userdel', [DATABASE_USER], { reject: false })).exitCode === 0;
}

/** Throws Fault `state-unreachable` where a folder above `path` keeps `identity` out. */
export async function assertReachable(path: string, identity: Identity): Promise<void> {
  const closed = await firstClosedAncestor(path, identity);
  if (closed === undefined) return;
  throw new Fault(
    'state-unreachable',
    `The state directory ${path} lies in ${closed}, which the user ${DATABASE_USER} may not enter; the database runs as that user, since PostgreSQL refuses to run as root.`,
    {
      hint: 'Name a directory outside: --state /var/lib/whetstone/NAME or WHETSTONE_HOME=DIR; or set DATABASE_URL to a PostgreSQL server.',
    },
  );
}

async function firstClosedAncestor(path: string, identity: Identity): Promise<string | undefined> {
  const parent = dirname(path);
  const above = parent === path ? undefined : await firstClosedAncestor(parent, identity);
  if (above !== undefined) return above;
  const { mode, uid, gid } = await stat(path);
  const bit = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
  return (mode & bit) === 0 ? path : undefined;
}
