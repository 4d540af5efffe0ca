// Compiles src/, test/ and the queries that are code into dist/, each file a program or module of its own.
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';

const entryPoints = ['src', 'test', 'queries'].flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`),
);
await build({
  entryPoints,
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
});
