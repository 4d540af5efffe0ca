import { existsSync, readFileSync, rmSync } from 'node:fs';

// Plain JavaScript on Node's own modules: this runs before anything is installed.

/**
 * Why the packages in `node_modules` are not what package-lock.json asks for, or undefined when they are.
 * npm writes node_modules/.package-lock.json when an installation has ended, so one that was cut off has none.
 */
export function staleDependencies(root) {
  const wanted = packagesOf(`${root}/package-lock.json`);
  if (wanted === undefined) return 'package-lock.json is missing or unreadable';
  const installed = packagesOf(`${root}/node_modules/.package-lock.json`);
  if (installed === undefined) return 'node_modules is missing or its installation was cut off';
  const manifest = readJson(`${root}/package.json`);
  const declared = wanted[''] || {};
  for (const kind of ['dependencies', 'devDependencies']) {
    if (!sameEntries(manifest[kind], declared[kind]))
      return `package.json and package-lock.json disagree on ${kind}`;
  }
  for (const [place, entry] of Object.entries(wanted)) {
    if (place === '') continue;
    const found = installed[place];
    if (found === undefined) {
      // Packages of other platforms are left out.
      if (entry.optional || entry.devOptional || entry.peer) continue;
      return `${place} is missing`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${place} is ${found.version}, not the ${entry.version} of package-lock.json`;
    }
    if (!existsSync(`${root}/${place}/package.json`)) return `${place} is missing`;
  }
  return undefined;
}

/** Before an installation: whatever happens to it, only its end may make the packages count as fresh. */
export function markDependenciesStale(root) {
  rmSync(`${root}/node_modules/.package-lock.json`, { force: true });
}

function packagesOf(file) {
  const content = readJson(file);
  return content === undefined ? undefined : content.packages;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function sameEntries(one = {}, other = {}) {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
