/** One member of a tar archive, as hostile as it likes: ours to write, since no tool would. */
export function entry(name: string, content: string): Buffer {
  const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  padded.write(content);
  return Buffer.concat([header(name, content.length, '0', ''), padded]);
}

/** A hard link (`1`) or a symbolic one (`2`). */
export function link(name: string, to: string, type: '1' | '2'): Buffer {
  return header(name, 0, type, to);
}

function header(name: string, size: number, type: string, to: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write('0001750\0', 108);
  block.write('0001750\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(to, 157);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
