/** Docker's multiplexed stream: frames of one type byte, three zero bytes, a big-endian length, and the bytes. */
const HEADER = 8;

/**
 * Takes chunks as they arrive and hands on stdout's and stderr's bytes as they come, without waiting for a frame to
 * be complete or copying what came before.
 */
export function demultiplexer(
  onBytes: (stream: 'stdout' | 'stderr', bytes: Buffer) => void,
): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let left = 0;
  let stream: 'stdout' | 'stderr' = 'stdout';
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const wanted = HEADER - header.length;
        header = Buffer.concat([header, chunk.subarray(at, at + wanted)]);
        at += wanted;
        if (header.length < HEADER) return;
        stream = header[0] === 2 ? 'stderr' : 'stdout';
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      } else {
        const bytes = chunk.subarray(at, at + left);
        at += bytes.length;
        left -= bytes.length;
        onBytes(stream, bytes);
      }
    }
  };
}
