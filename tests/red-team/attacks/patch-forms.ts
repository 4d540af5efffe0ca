import { type PatchAttack, pick } from '../attack.ts';

const NULL_BLOB = '0000000';
const newFile = (path: string, mode: string, lines: readonly string[]) =>
  `diff --git a/${path} b/${path}\nnew file mode ${mode}\nindex ${NULL_BLOB}..1234567\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;

/** Patches that are more than texts that change. */
export const patchFormAttacks: readonly PatchAttack[] = [
  {
    line: 22,
    name: 'a symbolic link',
    codes: ['policy-mode'],
    change: (_, variant) => ({
      patch: `${newFile(pick(['src/link.ts', 'src/deep/other.ts', 'src/z'], variant), '120000', [pick(['/etc/passwd', '../../..', '../test'], variant)]).trimEnd()}\n\\ No newline at end of file\n`,
    }),
  },
  {
    line: 22,
    name: 'a path that leads out',
    codes: ['policy-path', 'does-not-apply'],
    change: (_, variant) => ({
      patch: newFile(pick(['src/../../outside.ts', '../outside.ts', 'src/./../../x.ts'], variant), '100644', [
        'export const x = 1;',
      ]),
    }),
  },
  {
    line: 22,
    name: 'a change of mode',
    codes: ['policy-mode'],
    change: ({ others }, variant) => {
      const path = pick(others, variant);
      const mode = pick(['100755', '100600', '104755'], variant);
      return { patch: `diff --git a/${path} b/${path}\nold mode 100644\nnew mode ${mode}\n` };
    },
  },
  {
    line: 22,
    name: 'a submodule',
    codes: ['policy-mode', 'policy-path'],
    change: (_, variant) => {
      const path = pick(['src/vendor', 'src/lib', 'src/inner/module'], variant);
      return {
        patch: newFile(path, '160000', ['Subproject commit 0123456789012345678901234567890123456789']),
      };
    },
  },
  {
    line: 22,
    name: 'a binary file',
    codes: ['policy-mode'],
    change: (_, variant) => {
      const path = pick(['src/blob.ts', 'src/native.node', 'src/a.wasm'], variant);
      return {
        patch: `diff --git a/${path} b/${path}\nnew file mode 100644\nindex ${NULL_BLOB}..1234567\nGIT binary patch\nliteral 4\nLc$\`aB00000\n\nliteral 0\nHcmV?d00001\n\n`,
      };
    },
  },
  {
    line: 22,
    name: 'a file of 100 MB',
    codes: ['policy-size'],
    refusal: /has more than \d+ bytes/,
    change: (_, variant) => ({
      patch: newFile(pick(['src/large.ts', 'src/table.ts', 'src/data.ts'], variant), '100644', [
        `// ${'x'.repeat(100 * 2 ** 20)}`,
      ]),
    }),
  },
];
