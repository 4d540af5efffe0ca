import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, connect as dial } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { until } from '../test-engine.ts';
import { libraryPath, unpackDebianPackages } from './debian-program.ts';

export interface SshServer extends AsyncDisposable {
  port: number;
  /** Of the one key that may log in as root. */
  keyFile: string;
  /** A line for each host key, as known_hosts holds it. */
  knownHosts: string;
}

/**
 * A real sshd on the loopback, from Debian's package but not installed: its user and its folder are there only in
 * a mount namespace of its own, which ends with it. `docker` in its sessions reaches the engine at `dockerHost`.
 */
export async function startSshServer(folder: string, dockerHost: string): Promise<SshServer> {
  const root = await unpackDebianPackages(['openssh-server', 'libwrap0'], join(folder, 'ssh'));
  for (const key of ['host', 'user'])
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, key)]);
  const port = await freePort();
  const config = [
    `HostKey ${join(root, 'host')}`,
    `AuthorizedKeysFile ${join(root, 'user.pub')}`,
    `SetEnv DOCKER_HOST=${dockerHost}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
  ];
  await writeFile(join(root, 'config'), `${config.join('\n')}\n`);
  const script = `set -e; cp /etc/passwd "$1/passwd"
    grep -q ^sshd: /etc/passwd || echo 'sshd:x:65534:65534::/run/sshd:/usr/sbin/nologin' >> "$1/passwd"
    mount --bind "$1/passwd" /etc/passwd; mount -t tmpfs tmpfs /run; mkdir -m 755 /run/sshd
    LD_LIBRARY_PATH="$3" exec "$1/usr/sbin/sshd" -D -e -f "$1/config" -p "$2" -o ListenAddress=127.0.0.1`;
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child'];
  const server = execa(
    'unshare',
    [...namespaces, 'sh', '-c', script, 'sh', root, String(port), libraryPath(root)],
    {
      reject: false,
      stdio: 'ignore',
    },
  );
  await until(() => answers(port), 20_000);
  const { stdout: hostKey } = await execa('cat', [join(root, 'host.pub')]);
  return {
    port,
    keyFile: join(root, 'user'),
    knownHosts: `[127.0.0.1]:${port} ${hostKey}\n`,
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await server;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
