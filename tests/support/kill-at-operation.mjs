// Preloaded: kills its process before the n-th operation on files that it does after `globalThis.countOperations` was set.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const fatal = Number(process.env.KILL_AT);
let count = 0;

for (const name of [
  'mkdir',
  'writeFile',
  'rename',
  'rm',
  'readdir',
  'readFile',
  'copyFile',
  'lstat',
  'open',
]) {
  const operation = fs.promises[name];
  fs.promises[name] = (...args) => {
    if (globalThis.countOperations && ++count === fatal) process.kill(process.pid, 'SIGKILL');
    return operation.apply(fs.promises, args);
  };
}
syncBuiltinESMExports();
