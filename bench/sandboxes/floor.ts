// What a container costs with dockerode alone and nothing of ours but the same rights and limits.
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { containerOptions } from '../../sandboxes/containers/profiles.ts';
import type { Engine } from '../../sandboxes/engine/engine.ts';

/** Reads lengths, a script and an archive from stdin, runs the script, says how it ended, and waits. */
const FLOOR = `read -r script files; job=$(head -c "$script"); [ "$files" = 0 ] || head -c "$files" | tar -x -C /work
sh -c "$job" < /dev/null; echo "ended $?"; exec cat > /dev/null`;

async function start(engine: Engine, image: string, command: string[]) {
  const settings = containerOptions('hardened', {
    ttlMs: 60_000,
    network: 'none',
    root: false,
    memoryBytes: undefined,
    cpus: undefined,
    cpuset: undefined,
  });
  const container = await engine.docker.createContainer({
    ...settings,
    Image: image,
    Entrypoint: command,
    Cmd: [],
    Labels: { 'dev.whetstone.owner': engine.owner },
  });
  const held = (await container.attach({
    stream: true,
    hijack: true,
    stdin: true,
    stdout: true,
    stderr: true,
  })) as Duplex;
  await container.start();
  return { container, held };
}

export interface FloorContainer {
  /** Milliseconds from the first byte of the job to the word of its end. */
  run(script: string, files?: Buffer): Promise<number>;
  remove(): Promise<void>;
}

/** A container that waits for its job on stdin. */
export async function floorContainer(engine: Engine, image: string): Promise<FloorContainer> {
  const { container, held } = await start(engine, image, ['sh', '-c', FLOOR]);
  return {
    async run(script, files = Buffer.alloc(0)) {
      const started = performance.now();
      held.write(Buffer.concat([Buffer.from(`${script.length} ${files.length}\n${script}`), files]));
      let said = '';
      await new Promise<void>((resolve, reject) => {
        held.on('data', (chunk: Buffer) => {
          said += chunk.toString('latin1');
          if (/ended \d+\n/.test(said)) resolve();
        });
        held.once('close', () => reject(new Error(`the floor's container ended: ${said}`)));
      });
      if (!said.includes('ended 0\n')) throw new Error(`the floor's job failed: ${said}`);
      return performance.now() - started;
    },
    async remove() {
      held.destroy();
      await removed(container);
    },
  };
}

/** Milliseconds from nothing to the exit code of a container that runs one command. Its removal goes on meanwhile. */
export async function oneShot(
  engine: Engine,
  image: string,
  command: string[],
): Promise<{ wallMs: number; gone: Promise<void> }> {
  const started = performance.now();
  const { container, held } = await start(engine, image, command);
  held.resume();
  // Its output has ended when the container has; AutoRemove takes its exit code with it, unless it is waited for.
  const { StatusCode } = (await container.wait()) as { StatusCode: number };
  if (StatusCode !== 0) throw new Error(`a one-shot container ended with ${StatusCode}`);
  const wallMs = performance.now() - started;
  held.destroy();
  return { wallMs, gone: removed(container) };
}

async function removed(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
  });
}
