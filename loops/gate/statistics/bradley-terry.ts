/** `wins[i][j]`: how often player i beat player j. A tie is half a win for both. */
export type Wins = readonly (readonly number[])[];

const largestError = 1e-12;
const mostRounds = 100_000;

/**
 * Bradley–Terry strengths of greatest likelihood, in the order of the players, each > 0 and together 1: i beats j with
 * probability sᵢ / (sᵢ + sⱼ). Found with the MM algorithm, until each player's expected wins are his real ones to
 * 10⁻¹² of them.
 *
 * They exist only where, however the players are parted in two, each side beat the other at least once. Throws a
 * RangeError that names a parting without such a win: a player who never won or never lost, groups that never met. No
 * prior is put in silently; who wants figures all the same adds one to the matrix (half a win each way between all).
 * Also throws a RangeError when the matrix is empty or not square, holds what is negative or not finite, or a win
 * over oneself, and when games between groups are so rare that 100,000 rounds do not settle them.
 *
 * Source: Bradley & Terry 1952; Ford 1957 (when they exist); Hunter 2004, MM Algorithms for Generalized
 * Bradley–Terry Models.
 */
export function bradleyTerry(wins: Wins): number[] {
  requireMatrix(wins);
  requireBothWays(wins);
  if (wins.length === 1) return [1];
  const players = wins.map((row, i) => ({
    wins: row.reduce((sum, count) => sum + count, 0),
    games: row.map((count, j) => count + at(wins[j], i)),
  }));
  let strengths = players.map(() => 1 / players.length);
  for (let round = 0; round < mostRounds; round++) {
    let error = 0;
    const next = players.map(({ wins: won, games }, i) => {
      const own = at(strengths, i);
      const weight = games.reduce((sum, count, j) => sum + count / (own + at(strengths, j)), 0);
      error = Math.max(error, Math.abs(own * weight - won) / won);
      return won / weight;
    });
    if (error <= largestError) return strengths;
    const total = next.reduce((sum, strength) => sum + strength, 0);
    strengths = next.map((strength) => strength / total);
  }
  throw new RangeError(
    `not settled after ${mostRounds} rounds: some groups of players hardly beat each other`,
  );
}

function requireMatrix(wins: Wins): void {
  if (wins.length === 0) throw new RangeError('no players');
  wins.forEach((row, i) => {
    if (row.length !== wins.length)
      throw new RangeError(`player ${i}: ${row.length} counts of ${wins.length}`);
    row.forEach((count, j) => {
      if (!(count >= 0 && Number.isFinite(count)))
        throw new RangeError(`player ${i} beat ${j} ${count} times`);
    });
    if (row[i] !== 0) throw new RangeError(`player ${i} beat himself`);
  });
}

/** Who beat, directly or over others, the first player, and whom he beat so: both must be everybody. */
function requireBothWays(wins: Wins): void {
  const below = reach(wins.length, (from, to) => at(wins[from], to) > 0);
  const above = reach(wins.length, (from, to) => at(wins[to], from) > 0);
  const everybody = wins.map((_, i) => i);
  const rest = (some: ReadonlySet<number>) => everybody.filter((i) => !some.has(i));
  const [unbeaten, others] = below.size < wins.length ? [rest(below), [...below]] : [[...above], rest(above)];
  if (others.length === 0) return;
  const list = (some: number[]) => some.sort((a, b) => a - b).join(', ');
  throw new RangeError(
    `no finite strengths: of the players (from 0) ${list(unbeaten)} none ever lost to one of ${list(others)}`,
  );
}

function reach(size: number, isNext: (from: number, to: number) => boolean): Set<number> {
  const reached = new Set([0]);
  // A set visits what is added while it is walked.
  for (const from of reached) {
    for (let to = 0; to < size; to++) if (isNext(from, to)) reached.add(to);
  }
  return reached;
}

function at(values: readonly number[] | undefined, index: number): number {
  return values?.[index] ?? Number.NaN;
}
