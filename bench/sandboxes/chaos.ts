import { randomInt } from 'node:crypto';
import { seededRandom } from '../../loops/gate/statistics/seeded-random.ts';
import { killControllers } from '../../sandboxes/testing/chaos.ts';
import { atLeast, atMost, type Finding } from '../finding.ts';
import type { Bench } from './speed.ts';

/** So many controllers are killed with SIGKILL in the midst of work of each kind, and what is left after a pass of the reaper is counted. */
export async function chaos({ engine, image, say }: Bench, kills: number): Promise<Finding[]> {
  const seed = randomInt(2 ** 31);
  say(`seed ${seed}`);
  const done = await killControllers(engine, { image, kills, random: seededRandom(seed), say });
  const killed = Object.values(done.kills).reduce((sum, count) => sum + count, 0);
  return [
    {
      ...atLeast('controllers killed', killed, kills),
      detail: [`seed ${seed}: ${JSON.stringify(done.kills)}`],
    },
    atLeast('kinds of work among them', Object.keys(done.kills).length, 5),
    atMost('containers, images, volumes, networks and temporary files left', done.left.length, 0, done.left),
  ];
}
