/** As the ledger, the matrix and pull requests say it: 38×, 4.2×. */
export const formatSpeedup = (ratio: number | null): string =>
  ratio === null ? 'unmeasured' : `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}×`;
