// A process that works with sandboxes until it is killed: `chaos-controller.ts OWNER IMAGE SEED`. It says what it begins.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSandbox } from '../containers/open-sandbox.ts';
import { connectEngine } from '../engine/engine.ts';
import { openEnvironment, restoreEnvironment } from '../environments/open-environment.ts';
import { bakeImage } from '../images/bake-image.ts';
import { ensureDockerfileImage } from '../images/ensure-dockerfile-image.ts';
import { temporaryFolder } from '../images/temporary-folder.ts';
import { openTrials } from '../trials/open-trials.ts';

const [owner = '', image = '', seed = ''] = process.argv.slice(2);
const engine = await connectEngine({ owner });
const progress = () => {};
let turn = 0;

const works: Record<string, () => Promise<void>> = {
  async trials() {
    await using trials = openTrials(engine, { image, purpose: 'chaos', concurrency: 2 });
    const job = {
      command: ['sh', '-c', 'head -c 1000 /dev/urandom > /work/x; sleep 0.1'],
      timeoutMs: 30_000,
    };
    await Promise.all(Array.from({ length: 6 }, () => trials.run(job)));
  },
  async sandbox() {
    await using sandbox = await openSandbox(engine, {
      image,
      profile: 'service',
      ttlMs: 60_000,
      purpose: 'chaos',
    });
    await sandbox.exec(['sh', '-c', 'setsid sleep 60 & sleep 0.2'], { timeoutMs: 30_000 });
    await sandbox.writeFile('/tmp/x', 'x'.repeat(1_000_000));
  },
  async image() {
    const key = `${seed} ${turn}`;
    const options = { name: 'chaos-baked', from: image, key, timeoutMs: 60_000, progress };
    await bakeImage(engine, options, async (sandbox) => {
      await sandbox.exec(['sh', '-c', 'head -c 5M /dev/urandom > /home/sandbox/x'], { timeoutMs: 30_000 });
    });
  },
  async dockerfile() {
    await using folder = await temporaryFolder();
    const context = join(folder.path, 'context');
    await mkdir(context);
    await writeFile(join(context, 'data'), `${seed} ${turn}`);
    const steps = [
      `FROM ${image}`,
      'COPY data /data',
      'RUN sleep 0.2 && cp /data /tmp/data',
      'RUN touch /tmp/more',
    ];
    await writeFile(join(context, 'Dockerfile'), steps.join('\n'));
    await ensureDockerfileImage(engine, { name: 'chaos-built', context, network: 'none', progress });
  },
  async environment() {
    const name = `chaos-${process.pid}-${turn}`;
    await using environment = await openEnvironment(engine, { image, name, purpose: 'chaos' });
    await environment.writeFile('a', 'one');
    const snapshot = await environment.snapshot();
    await using restored = await restoreEnvironment(engine, snapshot.id, {
      name: `${name}-2`,
      purpose: 'chaos',
    });
    await restored.exec(['cat', 'a']);
    await environment.diff();
  },
};

// Each process begins elsewhere, so that those that are killed early were not all at the same.
const names = Object.keys(works);
for (turn = Number(seed); ; turn++) {
  const name = names[turn % names.length] ?? '';
  process.stdout.write(`begins ${name}\n`);
  await works[name]?.();
}
