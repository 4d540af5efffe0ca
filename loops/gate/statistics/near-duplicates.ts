import { characterGrams, shareOfUnion } from './jaccard.ts';

/** Keeps a bound that rounding lifted over a whole number from losing a pair: pairs are compared exactly after it. */
const rounding = 1e-9;

/**
 * Clusters of texts that nearly repeat each other: a pair whose Jaccard similarity of 3-grams is at least `threshold`
 * stands in one cluster, and so does who is joined by a chain of such pairs (single linkage). Every text is in
 * exactly one cluster, given by index, ascending; clusters are in the order of their first text. The order of the texts
 * changes nothing else. Throws a RangeError unless 0 < threshold ≤ 1.
 *
 * Two sets of similarity t share at least t·|set| of either. So in an order common to all, rare grams first, each has a
 * shared one among its first |set| − ⌈t·|set|⌉ + 1: only pairs that meet there, are of like size and not yet joined
 * are compared. Source: Chaudhuri, Ganti & Kaushik 2006 (prefix filter); Bayardo, Ma & Srikant 2007, Scaling Up All
 * Pairs Similarity Search.
 */
export function nearDuplicates(texts: readonly string[], threshold = 0.8): number[][] {
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`threshold ${threshold}: expected in (0, 1]`);
  const sets = rankedGrams(texts);
  const bySize = [...sets.keys()].sort((a, b) => of(sets, a).length - of(sets, b).length);
  const clusters = separate(texts.length);
  /** Of each gram the texts that have it among their first ones, as far as they were looked at. */
  const holders = new Map<number, number[]>();
  const lastSeenWith = new Int32Array(texts.length).fill(-1);
  for (const text of bySize) {
    const own = of(sets, text);
    const least = Math.max(1, Math.ceil(threshold * own.length - rounding));
    for (let position = 0; position <= own.length - least; position++) {
      const gram = own[position] ?? 0;
      const others = holders.get(gram) ?? [];
      holders.set(gram, others);
      for (const other of others) {
        if (lastSeenWith[other] === text) continue;
        lastSeenWith[other] = text;
        const set = of(sets, other);
        if (set.length < least || clusters.first(text) === clusters.first(other)) continue;
        if (isSimilar(own, position, set, set.indexOf(gram), threshold)) clusters.join(text, other);
      }
      others.push(text);
    }
  }
  return clusters.list();
}

/** Each text's grams as numbers, the rarer over all texts the lower, ascending. */
function rankedGrams(texts: readonly string[]): Uint32Array[] {
  const ids = new Map<string, number>();
  const counts: number[] = [];
  const sets = texts.map((text) =>
    Array.from(characterGrams(text), (gram) => {
      const id = ids.get(gram) ?? ids.size;
      ids.set(gram, id);
      counts[id] = (counts[id] ?? 0) + 1;
      return id;
    }),
  );
  const ranks = new Uint32Array(counts.length);
  const rarestFirst = [...counts.keys()].sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0));
  rarestFirst.forEach((id, rank) => {
    ranks[id] = rank;
  });
  return sets.map((set) => Uint32Array.from(set, (id) => ranks[id] ?? 0).sort());
}

/** Walks both ascending sets from the first gram they share, until what is left cannot reach the threshold. */
function isSimilar(a: Uint32Array, fromA: number, b: Uint32Array, fromB: number, threshold: number): boolean {
  const needed = (threshold / (1 + threshold)) * (a.length + b.length) - rounding;
  let shared = 0;
  let i = fromA;
  let j = fromB;
  while (i < a.length && j < b.length) {
    if (shared + Math.min(a.length - i, b.length - j) < needed) return false;
    const x = a[i] ?? 0;
    const y = b[j] ?? 0;
    if (x === y) shared++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return shareOfUnion(shared, a.length, b.length) >= threshold;
}

/** Clusters of one each, to be joined; `first` tells a cluster by its lowest index. */
function separate(size: number) {
  const parents = Uint32Array.from({ length: size }, (_, i) => i);
  const first = (index: number): number => {
    let root = index;
    for (let parent = parents[root] ?? 0; parent !== root; parent = parents[root] ?? 0) root = parent;
    parents[index] = root;
    return root;
  };
  const join = (a: number, b: number): void => {
    const [x, y] = [first(a), first(b)];
    parents[Math.max(x, y)] = Math.min(x, y);
  };
  const list = (): number[][] => {
    const members = new Map<number, number[]>();
    for (const index of parents.keys()) {
      const cluster = members.get(first(index)) ?? [];
      members.set(first(index), cluster);
      cluster.push(index);
    }
    return [...members.values()];
  };
  return { first, join, list };
}

function of(sets: readonly Uint32Array[], index: number): Uint32Array {
  return sets[index] ?? new Uint32Array();
}
