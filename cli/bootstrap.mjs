import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { markDependenciesStale, staleDependencies } from './setup/dependencies.mjs';

// From a bare clone to the main job. Nothing is installed yet, so this uses Node's own modules alone.
//
//   node cli/bootstrap.mjs start [arguments of `whetstone start`]    npm start
//   node cli/bootstrap.mjs check [arguments of `npm run check`]      npm test
//
// --yes agrees to what set-up would ask on a terminal. stdout belongs to the main job.

/** Ends the bootstrap with an exit code, and a paragraph unless whoever failed has spoken already. */
class Stop extends Error {
  constructor(exitCode, code, message, hint) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
    this.hint = hint;
  }
}

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const [job, ...words] = process.argv.slice(2);
const yes = words.includes('--yes');
const json = words.includes('--json');
const args = words.filter((word) => word !== '--yes');
let interrupted = false;

try {
  checkNode();
  if (job !== 'start' && job !== 'check') {
    throw new Stop(2, 'usage', `There is no job \`${job || ''}\`.`, 'Run `npm start` or `npm test`.');
  }
  await installDependencies();
  await setUp();
  if (job === 'check') {
    process.exitCode = await run(
      npm(['run', 'check', ...(args.length > 0 ? ['--', ...args] : [])]),
      'inherit',
    );
  } else {
    // In this process: Ctrl-C and kill then reach the loop itself.
    process.argv = [process.execPath, `${root}/bin/whetstone.mjs`, 'start', ...args];
    await import(pathToFileURL(`${root}/bin/whetstone.mjs`).href);
  }
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  if (error.message !== '') {
    process.stderr.write(`${error.message} ${error.hint}\n`);
    if (json) {
      const { code, message, hint } = error;
      process.stdout.write(`${JSON.stringify({ schemaVersion: 1, error: { code, message, hint } })}\n`);
    }
  }
  process.exitCode = error.exitCode;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(
    2,
    'old-node',
    `Whetstone needs Node 20.19 or newer; ${process.execPath} is ${process.versions.node}.`,
    'Install a newer Node (https://nodejs.org), then run the same command again.',
  );
}

async function installDependencies() {
  const reason = staleDependencies(root);
  if (reason === undefined) return;
  process.stderr.write(`Installing dependencies by \`npm ci\` (${reason})…\n`);
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  markDependenciesStale(root);
  const heartbeat = setInterval(
    () => process.stderr.write(`  still installing after ${seconds()} s\n`),
    15_000,
  );
  // The static checks and the tests need the development packages, whatever NODE_ENV says.
  const exitCode = await run(
    npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn']),
    'to-stderr',
  );
  clearInterval(heartbeat);
  if (exitCode !== 0) {
    markDependenciesStale(root);
    if (interrupted || exitCode > 128)
      throw new Stop(
        130,
        'interrupted',
        'Interrupted while dependencies were installed.',
        'The same command starts it again.',
      );
    throw new Stop(
      3,
      'npm-failed',
      `\`npm ci\` in ${root} ended with exit code ${exitCode}; what it said stands above.`,
      'Mend that (often the network or the npm registry: `npm ping`), then run the same command again.',
    );
  }
  process.stderr.write(`Dependencies installed in ${seconds()} s.\n`);
}

async function setUp() {
  const command = [process.execPath, '--import', 'tsx', `${root}/cli/main.ts`, 'setup'];
  if (job === 'check') command.push('--tests');
  if (yes) command.push('--yes');
  if (words.includes('--quiet')) command.push('--quiet');
  if (words.includes('--verbose')) command.push('--verbose');
  if (json) command.push('--json');
  const said = [];
  const exitCode = await run(command, said);
  if (exitCode === 0) return;
  if (json) process.stdout.write(Buffer.concat(said));
  throw new Stop(exitCode, 'set-up', '', '');
}

/** The npm that called us, so that a version manager's choice holds. */
function npm(words) {
  const script = process.env['npm_execpath'];
  return script === undefined || !/\.c?js$/.test(script)
    ? ['npm', ...words]
    : [process.execPath, script, ...words];
}

/**
 * Runs a command in the clone and gives its exit code; 128 + the signal's number when one ended it. Signals are passed
 * on. `stdout` is inherited, sent to stderr, or collected in an array.
 */
async function run([file, ...words], stdout) {
  const child = spawn(file, words, {
    cwd: root,
    stdio: ['inherit', stdout === 'inherit' ? 'inherit' : stdout === 'to-stderr' ? 2 : 'pipe', 'inherit'],
  });
  if (child.stdout) child.stdout.on('data', (chunk) => stdout.push(chunk));
  let firstAt;
  const forward = (signal) => {
    interrupted = true;
    const now = Date.now();
    if (firstAt === undefined) firstAt = now;
    // One Ctrl-C may come twice, from the terminal and from npm; npm itself may take long to end.
    child.kill(now - firstAt > 1000 ? 'SIGKILL' : signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (cause) =>
        reject(
          new Stop(
            3,
            'cannot-run',
            `\`${file}\` cannot be run: ${cause.message}.`,
            'Install it, then run the same command again.',
          ),
        ),
      );
      child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
