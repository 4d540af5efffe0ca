import { guard } from '../guard.mjs';
import { Peer } from '../peer.mjs';

interface Side {
  peer: Peer;
  inbox: Buffer[];
}

/**
 * Two sides in one process: whoever is sent a question answers it before `send` returns. The first is guarded against the
 * second, as tests are against the code they test.
 */
export function connectPeers(): { tests: Peer; code: Peer } {
  const sides: Side[] = [];
  const transport = (own: number) => ({
    send(bytes: Uint8Array) {
      const other = sides[1 - own] as Side;
      other.inbox.push(Buffer.from(bytes));
      if (isReply(bytes)) return;
      (sides[own] as Side).inbox.push(Buffer.from(other.peer.answer(other.peer.hear())));
    },
    receive: () => (sides[own] as Side).inbox.shift() as Buffer,
    fail() {},
  });
  const adopt = (id: number) => Promise.resolve(id);
  sides.push({ peer: new Peer(transport(0), { guard }), inbox: [] });
  sides.push({ peer: new Peer(transport(1), { more: { adopt } }), inbox: [] });
  return { tests: (sides[0] as Side).peer, code: (sides[1] as Side).peer };
}

function isReply(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return start.includes('return') || start.includes('throw');
}
