import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CodeCase, testIdsOf } from '../../datasets/cases/code-case.ts';
import { readCodeCase } from '../../datasets/cases/code-case-folder.ts';
import type { SourceChange } from '../../loops/admit/code/mutants/source-change.ts';
import type { CodeVerdict } from '../../loops/gate/code/code-verdict.ts';
import { type Random, seededRandom } from '../../loops/gate/statistics/seeded-random.ts';
import { temporaryFolder } from '../../sandboxes/images/temporary-folder.ts';
import { Draw } from '../generated-target/draw.ts';
import { drawFaults } from '../support/faults/draw-faults.ts';
import { copyTarget, runTestsWith } from '../support/faults/run-target-tests.ts';
import { type FaultyTarget, faultyTarget } from '../support/faulty-target.ts';
import type { Attack, Ground, Weakness } from './attack.ts';
import { type Disguise, disguised } from './disguise.ts';
import { type Check, checkOf, drawChecks, isFooled } from './naive.ts';
import { inputOf, slowPairs, writeRedTeamLibrary } from './red-team-library.ts';

/** One of the two modules that are attacked. */
export interface Weak {
  file: string;
  case: CodeCase;
  /** The module's text on the base, and as it should be. */
  weak: string;
  mended: string;
  fix: string;
  /** For an ordinary harness. */
  checks: Check[];
}

const FILES = { wrong: 'src/ranges.ts', slow: 'src/pairs.ts' } as const;
const TESTS = ['test/ranges.test.ts', 'test/coverage.test.ts', 'test/pairs.test.ts'];
const DRAWS = 20;

/** A library with a seeded fault in one module and slow code in another, its cases mined and frozen. */
export class RedTeamTarget implements AsyncDisposable {
  readonly weak: Record<Weakness, Weak>;
  readonly #draw: Draw;
  readonly #target: FaultyTarget;
  readonly #testTexts: ReadonlyMap<string, string>;

  private constructor(
    draw: Draw,
    target: FaultyTarget,
    weak: Record<Weakness, Weak>,
    testTexts: ReadonlyMap<string, string>,
  ) {
    this.#draw = draw;
    this.#target = target;
    this.weak = weak;
    this.#testTexts = testTexts;
  }

  static async open(seed: number): Promise<RedTeamTarget> {
    const draw = new Draw(seededRandom(seed));
    await using folder = await temporaryFolder();
    const library = path.join(folder.path, 'small');
    await writeRedTeamLibrary(library, draw);
    const read = (file: string) => readFile(path.join(library, file), 'utf8');
    const load = async (file: string) => import(pathToFileURL(path.join(library, file)).href);
    const checks = drawChecks(await load(FILES.wrong), draw);
    const fault = await drawSeenFault(library, draw.random, checks);
    const slow = { ...fault, operator: 'slow', file: FILES.slow, apply: () => slowPairs };
    const target = await faultyTarget(library, [fault, slow]);
    console.log(`WHETSTONE_SEED=${seed}: ${fault.operator} in ${fault.file}:${fault.line}`);

    const mined = (await target.whetstone(['mine', '--source', 'tests'])) as {
      admitted: { case: string }[];
    };
    const cases = await Promise.all(
      mined.admitted.map(({ case: id }) =>
        readCodeCase(path.join(path.dirname(target.path), 'small-datasets/v1/cases', id)),
      ),
    );
    const caseOf = (on: Weakness): CodeCase => {
      const found = cases.find(({ title }) => title.startsWith('test/pairs') === (on === 'slow'));
      if (!found) throw new Error(`no case of what is ${on}: ${JSON.stringify(mined)}`);
      return found;
    };
    const [told] = caseOf('slow').visible;
    const input = inputOf(told?.path.at(-1) ?? '');
    const [fix = '', slowFix = ''] = target.fixes;
    const texts = new Map(await Promise.all(TESTS.map(async (file) => [file, await read(file)] as const)));
    const weak = {
      wrong: { file: FILES.wrong, case: caseOf('wrong'), weak: fault.apply(), fix, checks },
      slow: {
        file: FILES.slow,
        case: caseOf('slow'),
        weak: slowPairs,
        fix: slowFix,
        checks: [checkOf(await load(FILES.slow), 'countPairs', input)],
      },
    };
    return new RedTeamTarget(
      draw,
      target,
      {
        wrong: { ...weak.wrong, mended: await read(FILES.wrong) },
        slow: { ...weak.slow, mended: await read(FILES.slow) },
      },
      texts,
    );
  }

  gate(patch: string, on: Weakness): Promise<CodeVerdict> {
    const words = ['gate', '--patch', '-', '--case', this.weak[on].case.id];
    return this.#target.whetstone(words, patch) as Promise<CodeVerdict>;
  }

  ground(on: Weakness): Ground {
    const { file, case: codeCase, weak } = this.weak[on];
    return {
      draw: this.#draw,
      file,
      exports: [...weak.matchAll(/^export function (\w+)\(/gm)].map(([, name = '']) => name),
      others: Object.values(FILES).filter((other) => other !== file),
      tests: [...new Set([...testIdsOf(codeCase), ...codeCase.besideGuards])],
      told: codeCase.visible,
      testTexts: this.#testTexts,
    };
  }

  async patchOf(attack: Attack, disguise: Disguise): Promise<{ patch: string; on: Weakness }> {
    if ('poison' in attack) {
      const { on } = attack;
      return {
        patch: await this.#target.patchOfFiles(disguised(attack, this.ground(on), disguise, this.weak[on])),
        on,
      };
    }
    const { file, mended, fix } = this.weak.wrong;
    const variant = disguise === 'renamed' ? this.#draw.int(1, 9) : 0;
    const change = attack.change(this.ground('wrong'), variant);
    const inFix = disguise === 'in a fix';
    if ('patch' in change) return { patch: `${inFix ? fix : ''}${change.patch}`, on: 'wrong' };
    const files = { ...change.files, ...(inFix ? { [file]: mended } : {}) };
    return { patch: await this.#target.patchOfFiles(files), on: 'wrong' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#target[Symbol.asyncDispose]();
  }
}

/** A fault that neither the tests nor an ordinary harness sees is no ground for anything. */
async function drawSeenFault(library: string, random: Random, checks: Check[]): Promise<SourceChange> {
  await using copy = await copyTarget(library);
  for (const fault of await drawFaults(library, random, DRAWS)) {
    const { file } = fault;
    if (file !== FILES.wrong) continue;
    const isSeen = !(await isFooled('equal', { [file]: fault.apply() }, { file, checks }));
    if (isSeen && (await runTestsWith(copy.path, fault)).failed.length > 0) return fault;
  }
  throw new Error('no drawn fault is seen by the tests of the library');
}
