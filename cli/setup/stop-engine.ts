import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stops the dockerd that set-up started by itself, before its package goes. */
export async function stopEngine(log: string): Promise<void> {
  const pid = Number(await readFile('/var/run/docker.pid', 'utf8').catch(() => ''));
  if (await isDockerd(pid)) {
    process.kill(pid, 'SIGTERM');
    const deadline = performance.now() + 30_000;
    while (performance.now() < deadline && (await isDockerd(pid))) await sleep(100);
  }
  await rm(log, { force: true });
}

async function isDockerd(pid: number): Promise<boolean> {
  if (!(pid > 0)) return false;
  const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  return command.trim() === 'dockerd';
}
