import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freezeVersion } from '../../loops/workflows/freeze-version.ts';

interface Text {
  id: string;
  text: string;
}

/** Freezes cases of one text each as the next version of a target's datasets: as a loop does, with the commit. */
export function freezeTexts(datasets: string, texts: readonly Text[]) {
  return freezeVersion<Text>(
    { target: { datasets }, now: () => new Date() },
    {
      root: datasets,
      name: 'example',
      split: 'dev',
      cases: texts,
      write: async (folder, { text }) => {
        await mkdir(path.join(folder, 'tests'));
        await writeFile(path.join(folder, 'instruction.md'), text);
        await writeFile(path.join(folder, 'tests', 'test.sh'), text);
      },
      read: async (folder) => ({
        id: path.basename(folder),
        text: await readFile(path.join(folder, 'instruction.md'), 'utf8'),
      }),
    },
  );
}

const [datasets, text] = process.argv.slice(2);
if (process.env['KILL_AT'] && datasets !== undefined && text !== undefined) {
  Object.assign(globalThis, { countOperations: true });
  await freezeTexts(datasets, [
    { id: 'a', text },
    { id: 'b', text },
  ]);
}
