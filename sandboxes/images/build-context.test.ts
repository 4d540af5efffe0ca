import { chmod, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { packContext, readContextText } from './build-context.ts';

let folder: string;
let context: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-context-test-'));
  context = join(folder, 'context');
  await put('src/a.ts', 'a');
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(context, path)), { recursive: true });
  await writeFile(join(context, path), content);
}

const pack = () => packContext(context, folder, undefined);

async function packed(): Promise<string[]> {
  const { tar } = await pack();
  return (await execa('tar', ['-tf', tar])).stdout.split('\n').filter((path) => !path.endsWith('/'));
}

test('the hash is of paths, modes, bytes and where links lead, and of nothing else', async () => {
  const seen = [(await pack()).sha256];
  await utimes(join(context, 'src/a.ts'), 1, 1);
  expect((await pack()).sha256).toBe(seen[0]);
  const changes = [
    () => put('src/a.ts', 'b'),
    () => chmod(join(context, 'src/a.ts'), 0o755),
    () => put('src/-rf', ''),
    () => put('line\nbreak', ''),
    () => mkdir(join(context, 'empty')),
    () => symlink('src', join(context, 'link')),
  ];
  for (const change of changes) {
    await change();
    seen.push((await pack()).sha256);
  }
  expect(new Set(seen).size).toBe(changes.length + 1);
});

test('.dockerignore is read as Docker reads it', async () => {
  for (const file of [
    'a.log',
    'src/b.log',
    'docs/x.md',
    'docs/keep/y.md',
    'build/z',
    'node_modules/p/i.js',
  ]) {
    await put(file, '');
  }
  await put('.dockerignore', '# a comment\n*.log\ndocs\n!docs/keep\n/build/\n**/i.js\n');
  // Without a slash a pattern is of the top folder alone, unlike git's.
  expect(await packed()).toEqual(['./docs/keep/y.md', './src/a.ts', './src/b.log']);
  await put('.dockerignore', '*\n!src/*.ts\n');
  expect(await packed()).toEqual(['./src/a.ts']);
});

describe('refused is', () => {
  const refused = (why: RegExp) =>
    expect(pack()).rejects.toMatchObject({ code: 'bad-context', message: expect.stringMatching(why) });

  test.each(['/etc/passwd', '../outside', 'src/../../x', 'src/../src/a.ts', '..'])(
    'a symlink to %s, unless it is left out',
    async (target) => {
      await symlink(target, join(context, 'link'));
      await refused(/the symlink link (leads|may lead) out of it, to/);
      await put('.dockerignore', 'link\n');
      expect(await packed()).toEqual(['./src/a.ts']);
    },
  );

  test('no symlink that stays within, wherever it starts', async () => {
    await symlink('../src/./a.ts', join(context, 'src/link'));
    await symlink('nowhere', join(context, 'link'));
    expect(await packed()).toEqual(['./link', './src/a.ts', './src/link']);
  });

  test('what is neither file nor folder', async () => {
    await execa('mkfifo', [join(context, 'pipe')]);
    await refused(/pipe is neither a file nor a folder/);
  });

  test('a file or a sum of files that is too large, before it is read', async () => {
    const grow = async (name: string, bytes: number) => {
      await put(name, '');
      await truncate(join(context, name), bytes);
    };
    await grow('big', limits.context.fileBytes + 1);
    await refused(/big is larger than/);
    for (const name of ['big', 'big2', 'big3']) await grow(name, limits.context.fileBytes);
    await refused(/its files are more than/);
  });

  test('a name that is not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${context}/`), Buffer.from([0xff])]), '');
    await refused(/is not UTF-8/);
  });

  test('a Dockerfile outside of it, and a folder that is not there', async () => {
    await symlink('/etc/passwd', join(context, 'Dockerfile'));
    await expect(readContextText(context, 'Dockerfile')).rejects.toMatchObject({ code: 'bad-context' });
    expect(await readContextText(context, 'none')).toBeUndefined();
    context = join(folder, 'none');
    await refused(/there is no such folder/);
  });
});
