import { setMaxListeners } from 'node:events';
import { runCommandLine } from './run-command-line.ts';

/**
 * One Ctrl-C can arrive twice: from the terminal, and again from npm, which passes it on. Only what comes later than
 * this is a second key press.
 */
const sameKeyPressMs = 1000;

const interruption = new AbortController();
// Every sandbox and every step listens; there may be hundreds.
setMaxListeners(0, interruption.signal);
let firstAt: number | undefined;

function interrupt(): void {
  const now = performance.now();
  if (firstAt === undefined) {
    firstAt = now;
    process.stderr.write('\nInterrupted: ending what runs; Ctrl-C again ends at once.\n');
    interruption.abort(new Error('interrupted'));
  } else if (now - firstAt > sameKeyPressMs) {
    process.exit(130);
  }
}

process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

// `whetstone patterns log | head` closes our stdout early: what is left to say has no reader.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  signal: interruption.signal,
  columns: Math.min(process.stderr.columns || 100, 100),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});

// Sockets of the engine or the database that a command leaves open must not keep a finished command alive.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(exitCode);
