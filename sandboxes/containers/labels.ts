import { readFileSync, readlinkSync } from 'node:fs';

/** Labels on what we make. Reverse DNS as Docker advises, so that they never meet another tool's. */
export const label = {
  owner: 'dev.whetstone.owner',
  purpose: 'dev.whetstone.purpose',
  /**
   * The container's own name. Images made by `commit` inherit a container's labels, and containers made from these
   * images inherit them again: only where this equals the real name were the labels put on this container.
   */
  container: 'dev.whetstone.container',
  /** Epoch milliseconds. */
  created: 'dev.whetstone.created',
  expires: 'dev.whetstone.expires',
  /** Who controls the container: `<machine and pid namespace>/<pid>/<start time>`. */
  controller: 'dev.whetstone.controller',
  /** The name of an image of ours: `postgres-15`, or what `bakeImage` was given. */
  image: 'dev.whetstone.image',
  /** JSON of the npm packages, name to version, in an image's /node_modules. */
  packages: 'dev.whetstone.packages',
  /** Of what a build of a Dockerfile makes: the process that asked for it, as in `controller`, and a number of the build's own. */
  build: 'dev.whetstone.build',
  /** `1` on a build's own containers and the images between its steps; the image that comes out has none. */
  step: 'dev.whetstone.step',
  /** The image's own tag, for the reason of `container`: only where it has that tag is it a snapshot, which expires. */
  snapshot: 'dev.whetstone.snapshot',
  /** Epoch milliseconds. */
  snapshotExpires: 'dev.whetstone.snapshot-expires',
  /** JSON: what was snapshotted, and of what. */
  snapshotOf: 'dev.whetstone.snapshot-of',
} as const;

/** Of the tag that a built image has until somebody has looked at it. */
export const draftEnd = '-draft';

/** Labels of a container of ours, by which the reaper knows whose it is and when it is over. */
export function containerLabels(of: {
  owner: string;
  purpose: string;
  name: string;
  ttlMs: number;
}): Record<string, string> {
  const now = Date.now();
  return {
    [label.owner]: of.owner,
    [label.purpose]: of.purpose,
    [label.container]: of.name,
    [label.created]: String(now),
    [label.expires]: String(now + of.ttlMs),
    [label.controller]: thisController(),
  };
}

/** This process, such that a later one with the same pid is another. */
export function thisController(): string {
  return `${machine()}/${process.pid}/${startTime(process.pid) ?? 'unknown'}`;
}

/** Whether a controller is certainly gone: false for one of another machine, which cannot be known from here. */
export function isGone(controller: string): boolean {
  const [where, pid, started] = controller.split('/');
  if (where === undefined || pid === undefined || where === 'unknown' || where !== machine()) return false;
  return startTime(Number(pid)) !== started;
}

function machine(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}-${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    // Not Linux: the expiry alone decides there.
    return 'unknown';
  }
}

/** Clock ticks since boot; undefined when there is no such process, or it is a zombie. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
