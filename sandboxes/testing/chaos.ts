import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { draftEnd, label } from '../containers/labels.ts';
import type { Engine } from '../engine/engine.ts';
import { listImages } from '../images/list-images.ts';
import { abandonedFolders } from '../images/temporary-folder.ts';
import { limits } from '../limits.ts';
import { reap, removeImage } from '../reap.ts';

export interface ChaosResult {
  /** How many controllers were killed at which work. */
  kills: Record<string, number>;
  /** What was found after the next pass of the reaper, in words; nothing, if all is well. */
  left: string[];
}

/** From a work's beginning to the kill at most. */
const longestMs = 900;

/**
 * Kills controllers with SIGKILL in the midst of their work, each at a work that it just began and a random while after, and
 * looks at what one pass of the reaper leaves.
 */
export async function killControllers(
  engine: Engine,
  options: {
    image: string;
    kills: number;
    /** In [0, 1). */
    random: () => number;
    say: (line: string) => void;
  },
): Promise<ChaosResult> {
  const owner = `chaos-${randomUUID()}`;
  const own = { ...engine, owner };
  const before = await outside(engine);
  const kills: Record<string, number> = {};
  try {
    for (let kill = 0; kill < options.kills; kill++) {
      const work = await killOne(owner, options.image, kill, options.random);
      kills[work] = (kills[work] ?? 0) + 1;
      if (kill % 10 === 9) options.say(`${kill + 1} of ${options.kills} controllers killed`);
    }
    // A pass comes every minute: here ten seconds after the last kill, with the clock of the one after.
    await sleep(10_000);
    await reap(engine, { owner, now: Date.now() + limits.untaggedMs });
    await sleep(1_000);
    return {
      kills,
      left: [...(await remains(own)), ...(await outside(engine)).filter((one) => !before.includes(one))],
    };
  } finally {
    await reap(engine, { owner, all: true });
    for (const { tag } of await listImages(engine, owner)) await removeImage(engine, tag);
  }
}

async function killOne(owner: string, image: string, seed: number, random: () => number): Promise<string> {
  const program = new URL('chaos-controller.ts', import.meta.url).pathname;
  const controller = execa(process.execPath, ['--import', 'tsx', program, owner, image, String(seed)], {
    reject: false,
    buffer: { stdout: false },
  });
  const lines = createInterface({ input: controller.stdout });
  const works: string[] = [];
  lines.on('line', (line) => works.push(line.replace('begins ', '')));
  const ended = controller.then(({ stderr }) => {
    throw new Error(`a controller ended by itself: ${stderr}`);
  });
  ended.catch(() => {});
  // Some are killed at their first work, others after a few, which is when things lie about.
  const turns = 1 + Math.floor(random() * 3);
  while (works.length < turns) await Promise.race([once(lines, 'line'), ended]);
  await Promise.race([sleep(random() * longestMs), ended]);
  const at = works.at(-1) ?? '';
  controller.kill('SIGKILL');
  await controller;
  return at;
}

/** What of this owner there is that no living process needs: all but finished images. */
async function remains(engine: Engine): Promise<string[]> {
  const filters = { label: [`${label.owner}=${engine.owner}`] };
  const [containers, images, volumes, networks, folders] = await Promise.all([
    engine.docker.listContainers({ all: true, filters }),
    engine.docker.listImages({ all: true, filters }),
    engine.docker.listVolumes({ filters }),
    engine.docker.listNetworks({ filters }),
    abandonedFolders(),
  ]);
  const loose = images.filter(
    ({ RepoTags }) => !(RepoTags ?? []).some((tag) => tag.startsWith('whetstone/')),
  );
  // A step's image that a finished one stands on is a layer of that.
  const parents = new Set(images.map(({ ParentId }) => ParentId));
  return [
    ...containers.map(({ Names, State }) => `container ${Names.join()} ${State}`),
    ...loose.filter(({ Id }) => !parents.has(Id)).map(({ Id }) => `image ${Id}`),
    ...images.flatMap(({ RepoTags }) => (RepoTags ?? []).filter((tag) => tag.endsWith(draftEnd))),
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...folders,
  ];
}

/** Volumes and networks have no label where the engine made them by itself. */
async function outside(engine: Engine): Promise<string[]> {
  const [volumes, networks] = await Promise.all([engine.docker.listVolumes(), engine.docker.listNetworks()]);
  return [
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
  ];
}
