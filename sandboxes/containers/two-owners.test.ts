import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { containersOf } from '../test-engine.ts';
import { startPrivateEngine } from '../testing/private-engine.ts';
import { importSmallImage } from '../testing/small-image.ts';
import { label } from './labels.ts';

const here = (file: string) => JSON.stringify(join(import.meta.dirname, file));

/** A daemon: it works and reaps at once, and tells what its work came to. */
const daemon = (endpoint: string, image: string, owner: string) => `
  import { connectEngine } from ${here('../engine/engine.ts')};
  import { openSandbox } from ${here('open-sandbox.ts')};
  import { reap } from ${here('../reap.ts')};
  const owner = ${JSON.stringify(owner)};
  const engine = await connectEngine({ endpoint: ${JSON.stringify(endpoint)}, owner });
  let working = true;
  let reaps = 0;
  const far = Date.now() + 3_600_000;
  const reaping = (async () => {
    // And takes all that there is of an owner who has nothing, whose name begins with its own.
    while (working) { await reap(engine, { owner }); await reap(engine, { owner: owner + '-none', now: far, all: true }); reaps += 1; }
  })();
  const done = [];
  const work = async (number) => {
    const options = { image: ${JSON.stringify(image)}, profile: 'service', ttlMs: 60_000, purpose: 'test' };
    const sandbox = await openSandbox(engine, options);
    await sandbox.writeFile('/tmp/mine', owner + number);
    const tag = 'whetstone/' + owner + ':' + number;
    await sandbox.commit(tag, { labels: { ${JSON.stringify(label.owner)}: owner } });
    const { stdout } = await sandbox.exec(['sh', '-c', 'sleep 0.3; cat /tmp/mine'], { timeoutMs: 20_000 });
    done.push(stdout === owner + number && (await engine.docker.getImage(tag).inspect()).RepoTags.includes(tag));
    await engine.docker.getImage(tag).remove();
    await sandbox[Symbol.asyncDispose]();
  };
  for (let round = 0; round < 2; round += 1) await Promise.all([work(round * 2), work(round * 2 + 1)]);
  working = false;
  await reaping;
  console.log(JSON.stringify({ done, reaps }));
`;

test('two daemons on one engine that both reap all the time take nothing of each other', async () => {
  await using own = await startPrivateEngine();
  const watcher = await own.connect();
  const image = await importSmallImage(watcher);
  const owners = [`one-${randomUUID()}`, `two-${randomUUID()}`];
  // What a dead daemon of a third owner left stays for that owner's own reaper.
  const third = { ...watcher, owner: `three-${randomUUID()}` };
  const name = `whetstone-${randomUUID()}`;
  const labels = { [label.owner]: third.owner, [label.container]: name, [label.expires]: '1' };
  const left = await watcher.docker.createContainer({ name, Image: image, Cmd: ['true'], Labels: labels });

  const results = await Promise.all(
    owners.map((owner) =>
      execa(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', daemon(own.endpoint, image, owner)],
        { cwd: join(import.meta.dirname, '..') },
      ),
    ),
  );
  for (const { stdout } of results) {
    const { done, reaps } = JSON.parse(stdout) as { done: boolean[]; reaps: number };
    expect(done).toEqual(Array.from({ length: 4 }, () => true));
    expect(reaps).toBeGreaterThan(1);
  }
  for (const owner of owners) expect(await containersOf({ ...watcher, owner })).toEqual([]);
  expect(await containersOf(third)).toEqual([left.id]);
  expect((await watcher.docker.listImages({ all: true })).flatMap(({ RepoTags }) => RepoTags)).toEqual([
    image,
  ]);
});
