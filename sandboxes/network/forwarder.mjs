// Runs inside the sandbox, by `node -e`: what connects to a port here is carried over stdin and stdout to the proxy on
// the host, one stream of HTTP/2 each. It decides nothing; all that it says is hostile to the host.
import { createSocket } from 'node:dgram';
import { connect } from 'node:http2';
import { createServer, Socket } from 'node:net';
import { Duplex, pipeline } from 'node:stream';

/** @type {{ port: number, downWindowBytes: number, frameBytes: number, nameLength: number }} */
const options = JSON.parse(process.argv[1] ?? '');

// `process.stdout` would block this whole process while the host does not read.
const pipe = Duplex.from({
  readable: new Socket({ fd: 0, readable: true, writable: false }),
  writable: new Socket({ fd: 1, readable: false, writable: true }),
});
const session = connect('http://host', {
  createConnection: () => pipe,
  settings: {
    enablePush: false,
    initialWindowSize: options.downWindowBytes,
    maxFrameSize: options.frameBytes,
  },
});
session.on('error', () => process.exit(1));
session.on('close', () => process.exit(0));

/** @param {Record<string, string>} headers */
const tell = (headers) => {
  const stream = session.request({ ':method': 'POST', ':path': '/', ...headers });
  stream.on('error', () => {});
  stream.resume();
  stream.end();
};

const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const stream = session.request({ ':method': 'CONNECT', ':authority': 'host:1' });
  pipeline(client, stream, client, () => {
    client.destroy();
    stream.destroy();
  });
});
server.on('listening', () => tell({ 'x-listening': String(server.address().port) }));
// Once: where there is no other port either, this process ends and says why.
server.once('error', () => server.listen(0, '127.0.0.1'));
server.listen(options.port, '127.0.0.1');

// glibc, musl and c-ares ask 127.0.0.1 where no name server is configured.
const dns = createSocket('udp4');
// The port may be taken, or not be ours to take: then names are simply not found.
dns.on('error', () => {});
const told = { name: '', at: 0 };
dns.on('message', (question, from) => {
  const labels = [];
  let at = 12;
  for (let length = question[at]; length > 0 && length < 64 && at < question.length; length = question[at]) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (question.length < end || question[2] & 0x80) return;
  const name = labels.join('.').replace(/[^\x21-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
  // One look-up asks for both kinds of address, and twice.
  if (told.name !== name || Date.now() - told.at > 1_000)
    tell({ 'x-asked': name.slice(0, options.nameLength) });
  Object.assign(told, { name, at: Date.now() });
  const answer = Buffer.from(question.subarray(0, end));
  answer[2] = 0x80 | (question[2] & 0x79);
  // REFUSED, to one question, with nothing else in it.
  answer[3] = 0x05;
  answer.fill(0, 4, 12);
  answer[5] = 1;
  dns.send(answer, from.port, from.address);
});
dns.bind(53, '127.0.0.1');
