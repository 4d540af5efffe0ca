export { analyseQuery } from './sql/analyse.ts';
export type { AnalysedQuery } from './sql/analysed-query.ts';
export { deparse } from './sql/nodes.ts';
