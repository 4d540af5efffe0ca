import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Both ends of one connection. They listen for errors; whoever is given them destroys them. */
export async function openSocketPair(): Promise<[Socket, Socket]> {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, noDelay: true });
  near.on('error', () => {});
  const accepted = new Promise<Socket>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      // Anyone on this machine may connect while it listens: only our own end has this port.
      if (socket.remotePort === near.localPort) resolve(socket);
      else socket.destroy();
    });
  });
  try {
    await once(near, 'connect');
    return [near, await accepted];
  } catch (error) {
    near.destroy();
    throw error;
  } finally {
    server.close();
  }
}
