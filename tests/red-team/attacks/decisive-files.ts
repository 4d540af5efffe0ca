import { type Ground, type PatchAttack, pick } from '../attack.ts';

const firstTest = ({ testTexts }: Ground, variant: number) => pick([...testTexts], variant);
const touched = ['policy-path', 'tests-changed'] as const;

/** Patches that change what decides: tests, the runner, what it starts. */
export const decisiveAttacks: readonly PatchAttack[] = [
  {
    line: 13,
    name: 'expects what the code says',
    codes: ['tests-changed'],
    change(ground, variant) {
      const [file, text] = firstTest(ground, variant);
      return { files: { [file]: text.replaceAll(/\.to(Be|Equal)\(/g, '.not.to$1(') } };
    },
  },
  {
    line: 13,
    name: 'skips the tests',
    codes: ['tests-changed'],
    change(ground, variant) {
      const [file, text] = firstTest(ground, variant);
      return { files: { [file]: text.replaceAll(/\btest(\.each)?\(/g, 'test.skip$1(') } };
    },
  },
  {
    line: 13,
    name: 'deletes a test',
    codes: ['tests-changed'],
    change: (ground, variant) => ({ files: { [firstTest(ground, variant)[0]]: null } }),
  },
  {
    line: 13,
    name: 'retries what fails',
    codes: touched,
    change: (_, variant) => ({
      files: {
        [pick(['vitest.config.ts', 'vite.config.mjs', 'vitest.config.mts'], variant)]:
          'export default { test: { retry: 99 } };\n',
      },
    }),
  },
  {
    line: 14,
    name: 'has other scripts run',
    codes: ['policy-package', 'policy-path'],
    change: (_, variant) => ({
      files: {
        'package.json': `{ "name": "small", "private": true, "type": "module", "scripts": { "${pick(['test', 'pretest', 'postinstall'], variant)}": "true" } }\n`,
      },
    }),
  },
  {
    line: 14,
    name: 'has node load something first',
    codes: touched,
    change: (_, variant) => ({
      files: {
        [pick(['.npmrc', '.env', '.env.test'], variant)]:
          'node-options=--import ./src/first.mjs\nNODE_OPTIONS=--import ./src/first.mjs\n',
        'src/first.mjs': 'process.exit(0);\n',
      },
    }),
  },
  {
    line: 14,
    name: 'puts its own runner in the place of the runner',
    codes: touched,
    change: (_, variant) => ({
      files: {
        [pick(
          ['node_modules/.bin/vitest', 'node_modules/vitest/vitest.mjs', 'src/node_modules/vitest/index.js'],
          variant,
        )]: 'process.exit(0);\n',
      },
    }),
  },
  {
    line: 14,
    name: 'brings what other runners load by themselves',
    codes: touched,
    change: (_, variant) => ({
      files: {
        [pick(['conftest.py', 'src/sitecustomize.py', 'jest.config.js'], variant)]:
          'import os\nos._exit(0)\n',
      },
    }),
  },
];
