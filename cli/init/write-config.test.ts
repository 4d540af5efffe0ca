import fc from 'fast-check';
import { createJiti } from 'jiti';
import { expect, test } from 'vitest';
import { TargetConfig } from '../../loops/target/config.ts';
import { targetName, withoutCredentials } from './inspect-target.ts';
import { writeConfig } from './write-config.ts';

const index = new URL('../../index.ts', import.meta.url).pathname;
const jiti = createJiti(import.meta.url, { alias: { whetstone: index }, fsCache: false });

test('whatever a repository is called and holds, the text is a configuration that says so', () => {
  fc.assert(
    fc.property(
      fc.record({
        name: fc.string().map(targetName),
        base: fc.string({ minLength: 1 }),
        hasCommit: fc.boolean(),
        remote: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
        layout: fc.option(
          fc.record({ queries: fc.string(), migrations: fc.string(), refresh: fc.string() }),
          { nil: undefined },
        ),
        hasMigrations: fc.boolean(),
        dataFile: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        packages: fc.dictionary(fc.stringMatching(/^@?[a-z/'-]{1,9}$/), fc.string()),
        testScript: fc.option(fc.string(), { nil: undefined }),
      }),
      (found) => {
        const { text, todos } = writeConfig({ root: '/shop', ...found });
        const exported = jiti.evalModule(text, { filename: '/shop/whetstone.config.ts' }) as {
          default: unknown;
        };
        const config = TargetConfig.parse(exported.default);
        expect(config).toMatchObject({ name: found.name, target: { base: found.base } });
        if (found.remote !== undefined) expect(config.target.remote).toBe(found.remote);
        if (found.layout !== undefined) expect(config.target.layout).toEqual(found.layout);
        expect(config.environment.packages).toEqual({ ...found.packages });
        for (const { what } of todos) expect(text).toContain(`// TODO ${what}`);
      },
    ),
    { numRuns: 100 },
  );
});

test('names become such as configurations take', () => {
  expect(['@acme/Shop', '2nd shop!', 'größe', '...', 'a'.repeat(60)].map(targetName)).toEqual([
    'acme-shop',
    'nd-shop',
    'gr-e',
    'target',
    'a'.repeat(40),
  ]);
});

test('a token in a remote stays out of the configuration', () => {
  expect(
    ['https://me:tok@host/x.git', 'https://tok@host/x.git', 'git@host:x.git', '/srv/x.git'].map(
      withoutCredentials,
    ),
  ).toEqual(['https://host/x.git', 'https://host/x.git', 'git@host:x.git', '/srv/x.git']);
});
