export * from './candidates.ts';
export * from './cases.ts';
export * from './loops.ts';
export * from './observations.ts';
export * from './patterns.ts';
export * from './publications.ts';
export * from './trials.ts';
