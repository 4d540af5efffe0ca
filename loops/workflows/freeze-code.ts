import path from 'node:path';
import { type CodeCase, testsOf } from '../../datasets/cases/code-case.ts';
import { readCodeCase, writeCodeCase } from '../../datasets/cases/code-case-folder.ts';
import { exportTarget } from '../target/export-target.ts';
import type { CodeContext } from './code-context.ts';
import type { FrozenVersion } from './freeze-cases.ts';
import { freezeVersion } from './freeze-version.ts';

/** Freezes what admission took as the next version, unless the newest version holds just these cases already. */
export async function freezeCode(context: CodeContext, cases: readonly CodeCase[]): Promise<FrozenVersion> {
  const { target, images, state } = context;
  const { command, report } = target.config.tests;
  const dataset = await freezeVersion(context, {
    root: target.datasets,
    name: target.name,
    split: 'dev',
    cases,
    read: readCodeCase,
    write: async (folder, codeCase, canary) => {
      const sealed = [...new Set(testsOf(codeCase).map(({ file }) => file))];
      const open = await exportTarget(target.path, images.revision, { without: sealed });
      await writeCodeCase(folder, codeCase, {
        canary,
        image: images.packages,
        openTar: open.tar,
        exportTar: images.export.tar,
        command,
        format: report.format,
        reportFile: report.file ?? null,
      });
    },
  });
  const ids = dataset.cases.map(({ id }) => id);
  await state.cases.freeze(ids, {
    dataset: dataset.name,
    version: dataset.version,
    path: (id) => path.join(target.datasets, `v${dataset.version}`, 'cases', id),
  });
  return { name: dataset.name, version: dataset.version, sha256: dataset.sha256, cases: ids };
}
