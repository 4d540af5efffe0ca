import { duckdb } from './duckdb.ts';
import type { Engine } from './engine.ts';
import { sqlite } from './sqlite.ts';

export const engines: readonly Engine[] = [duckdb, sqlite];
