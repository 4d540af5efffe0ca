// Runs inside the sandbox of a test: makes the requests of argv[1], all at once, and prints what came of each.
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { resolve4 } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { get, request } from 'node:http';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const proxy = new URL(process.env.HTTP_PROXY ?? 'http://127.0.0.1:1');
const { hostname: host, port } = proxy;

/** The body, or its hash where it is long. */
async function read(response) {
  const hash = createHash('sha256');
  let text = '';
  for await (const bytes of response) {
    hash.update(bytes);
    if (text.length < 1_000) text += bytes;
  }
  const { statusCode: status, headers } = response;
  return {
    status,
    body: text.length < 1_000 ? text : hash.digest('hex'),
    ...(headers.location ? { location: headers.location } : {}),
  };
}

const kinds = {
  http: ({ url }) =>
    promise((done) => get({ host, port, path: url, headers: { host: new URL(url).host } }, done)).then(read),
  async https({ to, path = '/', sni = to.replace(/:\d+$/, ''), hostHeader = to, post }) {
    const socket = await tunnel(to);
    const secure = connectTls({ socket, servername: sni, ca: readFileSync('/tmp/ca.pem') }).on(
      'error',
      () => {},
    );
    const headers = { host: hostHeader };
    const options = { createConnection: () => secure, path, headers, method: post ? 'POST' : 'GET' };
    return read(
      await promise((done) => {
        const asking = request(options, done);
        asking.end(post ? Buffer.alloc(post, 'up') : undefined);
        return asking;
      }),
    );
  },
  /** What bytes sent through a tunnel bring back. */
  async raw({ to, text }) {
    const socket = await tunnel(to);
    socket.write(text);
    let back = '';
    for await (const bytes of socket) back += bytes.toString('latin1');
    return { back };
  },
  tcp: ({ to: [address, at] }) => promise((done) => connect(at, address, () => done({ reached: true }))),
  udp: ({ to: [address, at, family] }) =>
    promise((done) => {
      const socket = createSocket(family).on('message', () => done({ reached: true }));
      socket.send('x', at, address, (error) => error && socket.emit('failed', error));
      return socket;
    }),
  dns: ({ name }) => resolve4(name),
};

function promise(start) {
  return new Promise((resolve, reject) => {
    const started = start(resolve);
    started.on('error', reject).on('failed', reject);
    setTimeout(() => reject(Object.assign(new Error(), { code: 'SILENCE' })), 60_000).unref();
  });
}

async function tunnel(to) {
  const asking = request({ host, port, method: 'CONNECT', path: to }).end();
  const [response, socket] = await new Promise((resolve, reject) =>
    asking.on('connect', (...all) => resolve(all)).on('error', reject),
  );
  if (response.statusCode === 200) return socket;
  throw Object.assign(new Error(), {
    code: String(response.headers['x-sandbox-network'] ?? response.statusCode),
  });
}

const tasks = JSON.parse(process.argv[1]);
const outcomes = await Promise.all(
  tasks.map((task) =>
    kinds[task.kind](task).catch((error) => ({
      failed: /alert [a-z ]+/.exec(error.message)?.[0] ?? error.code ?? error.message,
    })),
  ),
);
process.stdout.write(JSON.stringify(outcomes), () => process.exit());
