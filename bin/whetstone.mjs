#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Whetstone needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node, then run it again.`,
  );
} else if (existsSync(`${root}node_modules/tsx`)) {
  const { register } = await import('tsx/esm/api');
  // Ours, not the one of the folder that the command is called in.
  register({ tsconfig: `${root}tsconfig.json` });
  await import(pathToFileURL(`${root}cli/main.ts`).href);
} else {
  fail(`Whetstone's dependencies are not installed in ${root}. Run \`npm ci\` there, then run it again.`);
}

function fail(paragraph) {
  process.stderr.write(`${paragraph}\n`);
  process.exitCode = 2;
}
