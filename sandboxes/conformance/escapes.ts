import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellQuote } from '../containers/shell-quote.ts';
import { SandboxFault } from '../fault.ts';
import { type Check, runJob, runScript, type Subject, told } from './check.ts';
import { entry, link } from './hostile-archive.ts';

/** Every line of a script is tried by itself, and none may end well. */
async function allFail(subject: Subject, attempts: readonly string[]): Promise<void> {
  const script = attempts.map(
    (attempt) => `if (${attempt}) > /dev/null; then echo ${shellQuote(`DID: ${attempt}`)}; fi`,
  );
  const done = await runScript(subject, `${script.join('\n')}\necho tried`, { timeoutMs: 30_000 });
  assert.equal(done.stdout.toString(), 'tried\n', told(done));
}

/**
 * System calls by number, tried from perl, which Debian always has: each must be refused. Numbers are those of the kernel's
 * tables for x86-64 and arm64.
 */
async function allRefused(
  subject: Subject,
  calls: Readonly<Record<string, { x64: number; arm64: number; args: string }>>,
): Promise<void> {
  const lines = Object.entries(calls).map(
    ([name, { x64, arm64, args }]) =>
      `$! = 0; my $r = syscall($arm ? ${arm64} : ${x64}, ${args}); print "${name} ", $r == -1 ? $! + 0 : "done", "\\n";`,
  );
  const script = `use POSIX; my $arm = (POSIX::uname())[4] eq 'aarch64'; my $buffer = "\\0" x 256; my ($path, $dir, $type) = ("/work/x\\0", "/work\\0", "tmpfs\\0"); ${lines.join('\n').replaceAll('my $r', 'our $r')}`;
  const done = await runJob(subject, { command: ['perl', '-e', script], timeoutMs: 30_000 });
  const seen = done.stdout.toString().trim().split('\n');
  assert.equal(seen.length, Object.keys(calls).length, told(done));
  // EPERM, ESRCH or ENOSYS: another error would mean that the call was let through to fail by itself. Where the kernel is
  // the job's own, it may fail so, and a namespace is one more of its own.
  const isHeld = (line: string) =>
    subject.ownKernel ? !/done$/.test(line) || /^unshare/.test(line) : / (1|3|38)$/.test(line);
  assert.deepEqual(
    seen.filter((line) => !isHeld(line)),
    [],
    told(done),
  );
}

/** Nothing gets out, each with what was tried. */
export const escapes: readonly Check[] = [
  {
    name: 'rights: no capability, no new ones, a filter on system calls',
    async run(subject) {
      const done = await runScript(
        subject,
        'grep -E "^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs):" /proc/self/status; id -u; id -G',
      );
      const said = done.stdout.toString();
      const capabilities = said.match(/^Cap\w+:.*$/gm) ?? [];
      assert.ok(
        capabilities.length >= (subject.ownKernel ? 4 : 5) &&
          capabilities.every((line) => /:\s+0{16}$/.test(line)),
        told(done),
      );
      if (!subject.ownKernel) assert.match(said, /NoNewPrivs:\s+1/);
      assert.match(said, /\n1000\n1000\n$/);
    },
  },
  {
    name: 'mounts, namespaces, tracing, modules, keys and clocks by system call',
    async run(subject) {
      await allRefused(subject, {
        mount: { x64: 165, arm64: 40, args: '$type, $dir, $type, 0, 0' },
        umount: { x64: 166, arm64: 39, args: '$dir, 2' },
        pivot_root: { x64: 155, arm64: 41, args: '$dir, $dir' },
        chroot: { x64: 161, arm64: 51, args: '$dir' },
        // CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET
        unshare_user: { x64: 272, arm64: 97, args: '0x10000000' },
        unshare_mount: { x64: 272, arm64: 97, args: '0x20000' },
        unshare_network: { x64: 272, arm64: 97, args: '0x40000000' },
        setns: { x64: 308, arm64: 268, args: '0, 0' },
        // PTRACE_ATTACH to the first process, and to the supervisor.
        ptrace_init: { x64: 101, arm64: 117, args: '16, 1, 0, 0' },
        ptrace_supervisor: { x64: 101, arm64: 117, args: '16, getppid(), 0, 0' },
        process_vm_readv: { x64: 310, arm64: 270, args: '1, $buffer, 1, $buffer, 1, 0' },
        init_module: { x64: 175, arm64: 105, args: '$buffer, 256, $dir' },
        kexec_load: { x64: 246, arm64: 104, args: '0, 0, 0, 0' },
        bpf: { x64: 321, arm64: 280, args: '0, $buffer, 72' },
        perf_event_open: { x64: 298, arm64: 241, args: '$buffer, 0, -1, -1, 0' },
        open_by_handle_at: { x64: 304, arm64: 265, args: '-100, $buffer, 0' },
        add_key: { x64: 248, arm64: 217, args: '$type, $dir, $buffer, 1, -3' },
        settimeofday: { x64: 164, arm64: 170, args: '$buffer, 0' },
        reboot: { x64: 169, arm64: 142, args: '0xfee1dead, 672274793, 0, 0' },
        swapon: { x64: 167, arm64: 224, args: '$path, 0' },
        setuid: { x64: 105, arm64: 146, args: '0' },
        setgroups: { x64: 116, arm64: 159, args: '1, $buffer' },
        sethostname: { x64: 170, arm64: 161, args: '$dir, 4' },
      });
    },
  },
  {
    name: 'devices, and set-user-id files',
    async run(subject) {
      // A kernel of its own may have such a file made: what it would reach is what counts.
      const reach = (file: string) => (subject.ownKernel ? ` && head -c 1 ${file}` : '');
      await allFail(subject, [
        `mknod /work/disk b 8 0${reach('/work/disk')}`,
        `mknod /work/memory c 1 1${reach('/work/memory')}`,
        'head -c 1 /dev/mem',
        'head -c 1 /dev/kmsg',
        'ls /dev/[sv]d* /dev/nvme* /dev/kvm /dev/fuse /dev/net/tun',
        'cp /bin/sh /work/sh && chown 0 /work/sh',
        'su -c true root < /dev/null',
        'cp $(command -v id) /tmp/id && /tmp/id',
      ]);
      const done = await runScript(
        subject,
        'for file in $(find / -xdev -perm -4000 -type f 2> /dev/null); do timeout 2 $file --help < /dev/null > /dev/null 2>&1; done; cp $(command -v id) /work/id; chmod 6755 /work/id; /work/id -u',
      );
      assert.equal(done.stdout.toString(), '1000\n', told(done));
    },
  },
  {
    name: 'raw and packet sockets',
    async run(subject) {
      const script = `use Socket; for ([AF_INET, SOCK_RAW, 1], [AF_INET, SOCK_RAW, 255], [10, SOCK_RAW, 58], [17, SOCK_RAW, 0x300], [16, SOCK_RAW, 0]) {
        my ($family, $type, $protocol) = @$_; $! = 0;
        my $opened = socket(my $s, $family, $type, $protocol); next if $family == 16;
        print $opened ? "opened $family\\n" : "refused\\n"; }`;
      const done = await runJob(subject, { command: ['perl', '-e', script] });
      assert.equal(done.stdout.toString(), 'refused\n'.repeat(4), told(done));
    },
  },
  {
    name: 'any network: there is only lo, and no address of the host or another sandbox is reached',
    async run(subject) {
      const { driver, image } = subject;
      const server = createServer((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.listen(0, resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const other = await driver.openSandbox({
        image,
        profile: 'hardened',
        ttlMs: 60_000,
        purpose: 'conformance',
      });
      try {
        const listen = `require('net').createServer().listen(${port}, '0.0.0.0', () => console.log('listening'))`;
        const pipe = await other.pipe(['node', '-e', listen]);
        pipe.on('error', () => {
          // It ends with its sandbox.
        });
        await new Promise((resolve) => pipe.once('data', resolve));
        const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
        const hosts = ['1.1.1.1', '2606:4700:4700::1111', '169.254.169.254', '127.0.0.1', '::1'].concat(
          own.map(({ address: one }) => one.split('%')[0] ?? one),
        );
        const dial = `const net = require('net'), dgram = require('dgram'); let left = ${hosts.length};
          for (const host of ${JSON.stringify(hosts)}) net.connect({ host, port: ${port}, timeout: 3000 }).on('connect', () => console.log('reached', host)).on('timeout', function () { this.destroy(new Error('no answer')); }).on('error', () => { if (--left === 0) console.log('none'); });
          require('dns').lookup('deb.debian.org', (error) => console.log(error ? 'no name' : 'resolved'));
          const udp = dgram.createSocket('udp4'); udp.send('x', 53, '1.1.1.1', (error) => { console.log(error ? 'not sent' : 'sent'); udp.close(); });`;
        const done = await runJob(subject, { command: ['node', '-e', dial], timeoutMs: 20_000 });
        assert.deepEqual(
          done.stdout.toString().trim().split('\n').sort(),
          ['no name', 'none', 'not sent'],
          told(done),
        );
        const devices = await runScript(subject, 'cut -d: -f1 -s /proc/net/dev');
        assert.equal(devices.stdout.toString().trim(), 'lo', told(devices));
      } finally {
        await other[Symbol.asyncDispose]();
        server.close();
      }
    },
  },
  {
    name: "the host's files, its Docker socket, and another sandbox's files and processes",
    async run(subject) {
      const { driver, image } = subject;
      const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
      const marker = randomUUID();
      await using other = await driver.openSandbox({
        image,
        profile: 'hardened',
        ttlMs: 60_000,
        purpose: 'conformance',
      });
      try {
        await writeFile(join(folder, 'secret'), marker);
        await other.writeFile('/work/secret', marker);
        const script = `ls -d ${folder} /proc/[0-9]*/root${folder} 2> /dev/null
          find / -xdev -type s 2> /dev/null; ls /var/run/docker.sock /run/docker.sock /run/containerd /.dockerenv/x 2> /dev/null
          grep -rlsF ${marker} /work /tmp /dev/shm /home /root /run /var /etc /mnt /srv
          ls -d /proc/[0-9]* | wc -l; cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'docker[d]'`;
        const done = await runScript(subject, script, { timeoutMs: 30_000 });
        const [processes, daemons, ...rest] = done.stdout.toString().trim().split('\n');
        assert.ok(Number(processes) < 15 && daemons === '0' && rest.length === 0, told(done));
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  },
  {
    name: 'writes to /proc, /sys, control groups and the root',
    async run(subject) {
      await allFail(subject, [
        'echo 1 > /proc/sys/kernel/panic',
        'echo b > /proc/sysrq-trigger',
        'echo "|/work/x" > /proc/sys/kernel/core_pattern',
        'echo /work/x > /sys/kernel/uevent_helper',
        'echo -1000 > /proc/$PPID/oom_score_adj',
        // Where control groups are mounted: what lies between them may be the container's own.
        `grep -E '^[^ ]+ [^ ]+ cgroup2? ' /proc/mounts | cut -d' ' -f2 | {
          while read -r folder; do
            mkdir $folder/x && exit
            for file in memory.max memory.limit_in_bytes pids.max release_agent notify_on_release cgroup.procs; do
              [ -e $folder/$file ] && echo 1 > $folder/$file && exit
            done
          done
          false
        }`,
        'for folder in / /etc /usr /bin /home/sandbox /root /var/tmp /run /mnt; do touch $folder/x && exit 0; done; false',
      ]);
    },
  },
  {
    name: 'archives that leave their folder: `..`, absolute names, through symlinks and hard links',
    async run(subject) {
      const entries = [
        entry('../escaped', 'x'),
        entry('/tmp/escaped', 'x'),
        Buffer.concat([link('out', '/tmp', '2'), entry('out/escaped', 'x')]),
        Buffer.concat([link('shadow', '/etc/shadow', '1')]),
        Buffer.concat([link('up', '..', '2'), entry('up/etc/escaped', 'x')]),
      ];
      for (const files of entries) {
        const script =
          'find / -xdev -name escaped 2> /dev/null; find /tmp -name escaped; cat /work/shadow 2> /dev/null; echo looked';
        const job = {
          command: ['sh', '-c', script],
          files: Buffer.concat([files, Buffer.alloc(1024)]),
          timeoutMs: 20_000,
        };
        // Refused, or unpacked below its own folder alone.
        const seen = await runJob(subject, job).then(
          (done) => done.stdout.toString(),
          (error: unknown) => {
            assert.ok(error instanceof SandboxFault && error.code === 'files-do-not-fit', String(error));
            return 'looked\n';
          },
        );
        assert.ok(/^(\/work\/tmp\/escaped\n)?looked\n$/.test(seen), seen);
      }
    },
  },
  {
    name: 'a result that is a link, a pipe, a device or a folder',
    async run(subject) {
      const tries = [
        'ln -s /etc/shadow /work/result',
        'ln -s /proc/1/mem /work/result',
        // gVisor shows everybody the environment of its first process, which is the image's.
        ...(subject.ownKernel ? [] : ['ln -s /proc/1/environ /work/result']),
        'ln -s /dev/zero /work/result',
        'mkfifo /work/result',
        'mkdir /work/result',
        'ln -s loop /work/loop; ln -s loop /work/result',
      ];
      for (const script of tries) {
        const done = await runScript(subject, script, { result: { path: '/work/result', maxBytes: 1000 } });
        assert.equal(done.outcome, 'completed', told(done));
        assert.ok((done.result?.length ?? 0) === 0, `${script}: ${done.result?.toString()}`);
      }
    },
  },
];
