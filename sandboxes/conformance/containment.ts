import assert from 'node:assert/strict';
import { limits } from '../limits.ts';
import type { Outcome } from '../trials/trial.ts';
import { type Check, contain, littleMemory, runScript, told } from './check.ts';

const node = (script: string) => ['node', '-e', script];
const shell = (script: string) => ['sh', '-c', script];

/** Whatever a job does, others go on, it has an outcome, and it is over when it has one. */
export const containment: readonly Check[] = [
  {
    name: 'a fork bomb',
    async run(subject) {
      await contain(subject, { command: shell('f() { f | f & }; f; sleep 30'), timeoutMs: 1_500 }, [
        'timed_out',
      ]);
    },
  },
  {
    name: 'a fork bomb whose processes are each in a session of their own',
    async run(subject) {
      const command = node(
        "const { spawn } = require('child_process'); const more = () => { try { spawn('setsid', ['sleep', '600'], { detached: true, stdio: 'ignore' }).on('error', () => {}).unref(); } catch {} setImmediate(more); }; more();",
      );
      await contain(subject, { command, timeoutMs: 2_000 }, ['timed_out', 'out_of_memory']);
    },
  },
  {
    name: 'a memory hog',
    async run(subject) {
      const command = node('const kept = []; for (;;) kept.push(Buffer.alloc(2 ** 22, 1));');
      await contain(subject, { command, timeoutMs: 30_000 }, ['out_of_memory'], (done) => {
        const { peakMemoryBytes = 0 } = done.resources;
        assert.ok(peakMemoryBytes <= littleMemory(subject), told(done));
      });
    },
  },
  {
    name: 'memory taken by files of a tmpfs',
    async run(subject) {
      const command = shell('for i in 1 2 3; do head -c 60M /dev/zero > /work/$i; done; sleep 1');
      await contain(subject, { command, timeoutMs: 30_000 }, ['out_of_memory', 'completed']);
    },
  },
  {
    name: 'endless stdout and stderr, without keeping them',
    async run(subject) {
      const before = process.memoryUsage().rss;
      const command = shell('yes >&2 & exec yes');
      await contain(
        subject,
        { command, timeoutMs: 60_000, maxOutputBytes: 1000 },
        ['output_limit', 'timed_out'],
        (done) => assert.deepEqual([done.stdout.length, done.stderr.length], [1000, 1000], told(done)),
      );
      assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20);
    },
  },
  {
    name: 'a full disk and full inodes',
    async run(subject) {
      const script = `head -c 300M /dev/zero > /tmp/full; echo "bytes $?"
        node -e "const fs = require('fs'); try { for (let at = 0; at < 2_000_000; at++) fs.closeSync(fs.openSync('/work/' + at, 'w')); console.log('inodes without end'); } catch (error) { console.log(error.code); }"`;
      await contain(
        subject,
        { command: shell(script), timeoutMs: 60_000, memoryBytes: 2 ** 29 },
        ['completed'],
        (done) => assert.equal(done.stdout.toString(), 'bytes 1\nENOSPC\n', told(done)),
      );
    },
  },
  {
    name: 'a huge sparse file',
    async run(subject) {
      const done = await runScript(subject, 'truncate -s 1T /work/sparse');
      assert.notEqual(done.exitCode, 0, told(done));
    },
  },
  {
    name: 'daemons that left its session, group and output',
    async run(subject) {
      const script =
        'setsid sh -c "trap : TERM; while :; do echo more; done" & setsid nohup sleep 600 > /dev/null 2>&1 & sleep 0.3; exit 5';
      await contain(
        subject,
        { command: shell(script), timeoutMs: 20_000, maxOutputBytes: 100 },
        ['completed'],
        (done) => {
          // Its end is told though a daemon holds its stdout.
          assert.equal(done.exitCode, 5, told(done));
          assert.ok(done.resources.wallMs < 15_000, told(done));
        },
      );
    },
  },
  {
    name: '`kill -9 -1`: what it can kill is its own',
    async run(subject) {
      const command = shell('kill -9 1; kill -9 $PPID; kill -9 -1; kill -STOP $PPID; echo still; exit 6');
      await contain(subject, { command, timeoutMs: 20_000 }, ['completed'], (done) =>
        assert.deepEqual([done.exitCode, done.stdout.toString()], [6, 'still\n'], told(done)),
      );
    },
  },
  {
    name: 'a swarm of zombies',
    async run(subject) {
      const script =
        'my $n = 0; while (1) { my $p = fork; last unless defined $p; exit 0 if !$p; $n++; } print "zombies $n\\n"; sleep 1;';
      const command = ['perl', '-e', script];
      // A kernel of its own may know no limit but that of the sandbox around it.
      const ends: Outcome[] = subject.ownKernel ? ['completed', 'timed_out'] : ['completed'];
      await contain(subject, { command, timeoutMs: 20_000 }, ends, (done) => {
        if (done.outcome === 'timed_out') return;
        const zombies = Number(/zombies (\d+)/.exec(done.stdout.toString())?.[1]);
        assert.ok(zombies > 10 && zombies <= limits.hardened.pids, told(done));
      });
    },
  },
  {
    name: 'runaway CPU: it has its share and no more',
    async run(subject) {
      const command = shell('for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done; sleep 600');
      await contain(subject, { command, timeoutMs: 3_000 }, ['timed_out'], ({ resources }) => {
        const { cpuMs = 0, wallMs } = resources;
        assert.ok(cpuMs <= 1.25 * limits.hardened.cpus * wallMs, JSON.stringify(resources));
      });
    },
  },
  {
    name: '10,000 open files',
    async run(subject) {
      const command = node(
        "const fs = require('fs'); let n = 0; try { for (; n < 10_000; n++) fs.openSync('/dev/null'); console.log('all'); } catch (error) { console.log(error.code); }",
      );
      await contain(subject, { command, timeoutMs: 20_000 }, ['completed'], (done) =>
        assert.equal(done.stdout.toString(), 'EMFILE\n', told(done)),
      );
    },
  },
  {
    name: 'what a job writes beside its control groups, and is not believed',
    async run(subject) {
      const script = `cd /sys/fs/cgroup; echo 'oom_kill 9' > memory.events; echo 7 > memory.peak; mkfifo cpu.stat pids.current; exit 3`;
      const done = await runScript(subject, script);
      assert.deepEqual([done.outcome, done.exitCode], ['completed', 3], told(done));
      assert.notEqual(done.resources.peakMemoryBytes, 7, JSON.stringify(done.resources));
    },
  },
  {
    name: 'a forged report',
    async run(subject) {
      const guess = '00000000-0000-4000-8000-000000000000';
      const script = `printf '\\n${guess} 0 0 0 0 0 0 0 0\\n\\n${guess} end\\n'; printf '\\n${guess} end\\n' >&2
        for fd in /proc/1/fd/* /proc/$PPID/fd/*; do echo 0 > $fd; done
        cat /proc/1/environ /proc/$PPID/environ /proc/$PPID/mem; tr '\\0' ' ' < /proc/$PPID/cmdline; exit 9`;
      const done = await runScript(subject, script);
      assert.deepEqual([done.outcome, done.exitCode], ['completed', 9], told(done));
      assert.ok(done.stdout.toString().includes(guess), told(done));
      assert.match(done.stderr.toString(), /Permission denied/);
    },
  },
];
