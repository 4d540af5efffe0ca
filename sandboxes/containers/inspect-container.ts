// What the engine says of a container: nothing in it can make that up, but for `processesInside`.
import type Docker from 'dockerode';
import { engineFault } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { execute } from './exec.ts';
import { sandboxUser } from './profiles.ts';

/** Bytes now used by the writable layer. */
export async function writtenBytes(container: Docker.Container): Promise<number> {
  try {
    // Its types know no `size`.
    const withSize: object = { size: true };
    const inspected: object = await container.inspect(withSize);
    return 'SizeRw' in inspected ? Number(inspected.SizeRw) : 0;
  } catch (error) {
    throw engineFault(error, "a sandbox's disk use was measured");
  }
}

/** Paths of the writable layer that were added or changed, folders among them. */
export async function changedPaths(container: Docker.Container): Promise<string[]> {
  try {
    // Where nothing changed it is no list. Kind 2 is what was deleted.
    const told: unknown = await container.changes();
    const changes = Array.isArray(told) ? (told as { Path: string; Kind: number }[]) : [];
    return changes.filter(({ Kind }) => Kind !== 2).map(({ Path }) => Path);
  } catch (error) {
    throw engineFault(error, "a sandbox's changed files were listed");
  }
}

/** False where it ended, or the engine does not answer. */
export async function isRunning(container: Docker.Container): Promise<boolean> {
  try {
    return (await container.inspect()).State.Running;
  } catch {
    return false;
  }
}

/** What `containerOptions` starts: the init that Docker adds, `timeout`, and the `cat` that waits for the controller. */
const OWN_PROCESS = /^(\/sbin\/docker-init -- timeout|timeout -s KILL [\d.]+ cat$|cat$)/;

/** Command lines of all processes but the first ones. */
export async function processes(container: Docker.Container): Promise<string[]> {
  try {
    const { Titles, Processes } = (await container.top({ ps_args: '-eo pid,args' })) as {
      Titles: string[];
      Processes: string[][];
    };
    const at = Titles.indexOf('COMMAND');
    const commands = Processes.map((process) => process[at] ?? '');
    return commands.filter((command) => !OWN_PROCESS.test(command));
  } catch (error) {
    throw engineFault(error, "a sandbox's processes were listed");
  }
}

/**
 * The same, asked inside, for runtimes with a kernel of their own: there the engine takes numbers of processes inside
 * for those of the host, and tells of strangers. What runs inside could hide from it.
 */
export async function processesInside(container: Docker.Container): Promise<string[]> {
  const mark = 'whetstone-lists-processes';
  const script = 'for each in /proc/[0-9]*/cmdline; do cat "$each" 2> /dev/null; printf "\\n"; done';
  const told = await execute(container, ['sh', '-c', script, mark], {
    timeoutMs: limits.exec.listMs,
    user: sandboxUser,
  });
  if (told.exitCode !== 0) {
    throw new SandboxFault(
      'list-failed',
      `A sandbox's processes could not be listed: ${told.stderr.toString()}`,
      {
        hint: 'Run it again in a fresh sandbox.',
      },
    );
  }
  const commands = told.stdout.toString('utf8').split('\n');
  return commands
    .map((command) => command.replaceAll('\0', ' ').trim())
    .filter((command) => command !== '' && !command.includes(mark) && !OWN_PROCESS.test(command));
}
