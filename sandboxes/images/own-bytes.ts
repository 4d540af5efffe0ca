/** An image as a stack of layers, lowest first. */
export interface Layered {
  id: string;
  /** Of all its layers. */
  bytes: number;
  layers: readonly string[];
}

/**
 * Bytes that each image adds to the largest other one whose layers it begins with: they add up to what all of them take
 * together. Of images with the same layers one has the bytes, and the others none.
 */
export function measureOwnBytes(images: readonly Layered[]): Map<string, number> {
  const bytesOf = new Map<string, number>();
  const own = new Map<string, number>();
  for (const { id, bytes, layers } of images.toSorted((a, b) => a.layers.length - b.layers.length)) {
    let below = 0;
    for (let count = layers.length; count > 0 && below === 0; count--) {
      below = bytesOf.get(layers.slice(0, count).join()) ?? 0;
    }
    own.set(id, Math.max(0, bytes - below));
    bytesOf.set(layers.join(), bytes);
  }
  return own;
}
