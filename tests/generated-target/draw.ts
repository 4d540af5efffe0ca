/** What a generator asks of its randomness; every choice of a target comes from one seed. */
export class Draw {
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  /** Spread evenly over the orders of magnitude between two positive numbers. */
  scale(least: number, most: number): number {
    return least * (most / least) ** this.random();
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  shuffle<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, rank: this.random() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  }

  /** Some of the items, in their order; at least `least`. */
  some<T>(items: readonly T[], least: number, most: number): T[] {
    const chosen = new Set(this.shuffle(items).slice(0, this.int(least, most)));
    return items.filter((item) => chosen.has(item));
  }
}
