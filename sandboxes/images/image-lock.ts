import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import type { Engine } from '../engine/engine.ts';

/**
 * Runs `work` while no other process of this machine does so for the same engine and name.
 *
 * The lock is a listening socket in Linux's abstract namespace: taking it is atomic, the kernel lets go of it when
 * its process dies however it dies, it leaves no file, and whoever waits is connected to it and wakes when it goes.
 */
export async function withImageLock<T>(
  engine: Engine,
  name: string,
  options: { progress: (line: string) => void; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const digest = createHash('sha256').update(`${engine.id} ${name}`).digest('hex').slice(0, 32);
  const address = `\0whetstone-${digest}`;
  let server = await listen(address);
  if (server === undefined) options.progress(`waiting for another process that makes ${name}`);
  while (server === undefined) {
    await released(address, options.signal);
    options.signal?.throwIfAborted();
    server = await listen(address);
  }
  const waiting = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => waiting.add(socket.on('error', () => socket.destroy())));
  try {
    return await work();
  } finally {
    server.close();
    for (const socket of waiting) socket.destroy();
  }
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

function released(address: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const done = () => {
      signal?.removeEventListener('abort', done);
      socket.destroy();
      resolve();
    };
    signal?.addEventListener('abort', done, { once: true });
    socket.on('close', done).on('error', done).resume();
  });
}
