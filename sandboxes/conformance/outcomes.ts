import assert from 'node:assert/strict';
import { blameOf } from '../trials/trial.ts';
import { type Check, contain, runJob, runScript, told } from './check.ts';

/** How a job ended is told as a value, and truly. */
export const outcomes: readonly Check[] = [
  {
    name: 'a command that ends: exit code, both streams, result and what it used',
    async run(subject) {
      const script =
        'echo out; echo err > /dev/stderr; node -e "while (process.cpuUsage().user < 200_000);"; printf answer > /work/result; exit 7';
      const done = await runScript(subject, script, { result: { path: '/work/result', maxBytes: 100 } });
      assert.deepEqual([done.outcome, done.exitCode, done.attempts], ['completed', 7, 1], told(done));
      assert.equal(done.stdout.toString(), 'out\n');
      assert.equal(done.stderr.toString(), 'err\n');
      assert.equal(done.result?.toString(), 'answer');
      assert.deepEqual(done.truncated, { stdout: false, stderr: false, result: false });
      const { cpuMs = 200, peakMemoryBytes = 2 ** 24, wallMs } = done.resources;
      assert.ok(cpuMs >= 150 && cpuMs < 10_000 && wallMs >= 200, JSON.stringify(done.resources));
      assert.ok(peakMemoryBytes > 2 ** 22 && peakMemoryBytes <= 2 ** 26, JSON.stringify(done.resources));
      assert.equal(blameOf[done.outcome], 'code');
    },
  },
  {
    name: 'words, variables and folder reach the command as they are',
    async run(subject) {
      const hostile = ["it's", '$HOME `id` "quoted" \\', 'two\nlines\n', '', '-n', 'ünïcode 🙂', '*'];
      const done = await runJob(subject, {
        command: [
          'node',
          '-e',
          'console.log(JSON.stringify([process.argv.slice(1), process.env.WORD, process.cwd()]))',
          '--',
          ...hostile,
        ],
        env: { WORD: hostile.join('\r') },
        cwd: '/tmp',
      });
      assert.deepEqual(JSON.parse(done.stdout.toString()), [hostile, hostile.join('\r'), '/tmp'], told(done));
    },
  },
  {
    name: 'bytes come out as they were written, and not what the report says of them',
    async run(subject) {
      const script = `process.stdout.write(Buffer.from(Array.from({ length: 70_000 }, (_, at) => at * 7 % 256)));
        require('fs').writeFileSync('/work/result', Buffer.from([0, 255, 10, 13, 10]))`;
      const done = await runJob(subject, {
        command: ['node', '-e', script],
        result: { path: '/work/result', maxBytes: 5 },
      });
      assert.ok(
        done.stdout.equals(Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256))),
        told(done),
      );
      assert.deepEqual([...(done.result ?? [])], [0, 255, 10, 13, 10]);
    },
  },
  {
    name: 'more output and more of a result than is kept is cut, and said to be',
    async run(subject) {
      const done = await runScript(
        subject,
        'head -c 5000 /dev/zero; head -c 5000 /dev/zero >&2; head -c 5000 /dev/zero > /work/result',
        { maxOutputBytes: 1000, result: { path: '/work/result', maxBytes: 1000 } },
      );
      assert.deepEqual(
        [done.stdout.length, done.stderr.length, done.result?.length],
        [1000, 1000, 1000],
        told(done),
      );
      assert.deepEqual(done.truncated, { stdout: true, stderr: true, result: true });
      const exact = await runScript(
        subject,
        'head -c 1000 /dev/zero; head -c 1000 /dev/zero > /work/result',
        {
          maxOutputBytes: 1000,
          result: { path: '/work/result', maxBytes: 1000 },
        },
      );
      assert.deepEqual(exact.truncated, { stdout: false, stderr: false, result: false }, told(exact));
    },
  },
  {
    name: 'a command that does not exist, or that a signal ended',
    async run(subject) {
      const missing = await runJob(subject, { command: ['no-such-command'] });
      assert.deepEqual([missing.outcome, missing.exitCode], ['completed', 127], told(missing));
      const killed = await runScript(subject, 'kill -SEGV $$');
      assert.deepEqual([killed.outcome, killed.exitCode], ['completed', 139], told(killed));
      // A shell's children in the background are born deaf to these.
      for (const [signal, code] of [
        ['INT', 130],
        ['QUIT', 131],
      ] as const) {
        const ended = await runScript(subject, `kill -${signal} $$; echo deaf`);
        assert.deepEqual([ended.outcome, ended.exitCode], ['completed', code], told(ended));
      }
    },
  },
  {
    name: 'exit codes of a killed command do not pass for a time limit',
    async run(subject) {
      for (const code of [124, 137]) {
        const done = await runScript(subject, `exit ${code}`, { timeoutMs: 60_000 });
        assert.deepEqual([done.outcome, done.exitCode], ['completed', code], told(done));
      }
    },
  },
  {
    name: 'a time limit, on a command that ignores SIGTERM, keeps what was said',
    async run(subject) {
      const command = ['sh', '-c', 'trap "" TERM INT HUP; echo begun; while :; do sleep 0.05; done'];
      await contain(subject, { command, timeoutMs: 500 }, ['timed_out'], (done) =>
        assert.deepEqual([done.exitCode, done.stdout.toString()], [null, 'begun\n'], told(done)),
      );
    },
  },
  {
    name: 'an abort ends a job at once, before it began as well',
    async run({ driver, image }) {
      await using trials = driver.openTrials({ image, purpose: 'conformance', concurrency: 1, spare: 0 });
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 1500);
      const [running, waiting] = await Promise.all([
        trials.run({ command: ['sleep', '60'], timeoutMs: 60_000 }, { signal: abort.signal }),
        trials.run({ command: ['sleep', '60'], timeoutMs: 60_000 }, { signal: abort.signal }),
      ]);
      assert.deepEqual([running.outcome, waiting.outcome], ['killed', 'killed']);
      assert.ok(running.resources.wallMs < 10_000);
      assert.equal(blameOf.killed, 'caller');
    },
  },
  {
    name: 'nothing of a job is there for the next',
    async run({ driver, image }) {
      await using trials = driver.openTrials({ image, purpose: 'conformance', concurrency: 1, spare: 1 });
      const job = {
        command: ['sh', '-c', 'find /work /tmp; echo x > /work/left; echo x > /tmp/left'],
        timeoutMs: 20_000,
      };
      const first = await trials.run(job);
      const second = await trials.run(job);
      assert.equal(first.stdout.toString(), '/work\n/tmp\n', told(first));
      assert.equal(second.stdout.toString(), first.stdout.toString(), told(second));
    },
  },
];
