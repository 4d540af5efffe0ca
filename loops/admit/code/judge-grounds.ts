import { type CodeCase, testIdsOf, testsOf } from '../../../datasets/cases/code-case.ts';
import { messageOf, outcomeOf } from '../../verify/code/suite-run.ts';
import type { BaseRuns, VariedRun } from './base-runs.ts';
import type { CaseGrounds, Solution } from './case-grounds.ts';
import { firstLine, wordsOf } from './failure-words.ts';
import { findCopies } from './find-copies.ts';
import { findLeaks } from './find-leaks.ts';
import { findNarrow } from './find-narrow.ts';
import { speaksOfNetwork } from './network-message.ts';
import { addedRuns } from './oracle.ts';

/** What a check found. Null: it does not apply. */
export interface Found {
  passed: boolean | null;
  detail: string;
}

const NO_ORACLE: Found = { passed: null, detail: 'no oracle' };

/** No run has a network: a test that says it missed one asks for what no verdict gives it. */
export function offline(draft: CodeCase, { plain }: BaseRuns): Found {
  for (const { id, message } of testsOf(draft)) {
    const said = [message, ...plain.map((run) => messageOf(run, id) ?? '')];
    const network = said.find(speaksOfNetwork);
    if (network !== undefined)
      return { passed: false, detail: `${id} fails for want of a network: ${firstLine(network)}` };
  }
  return { passed: true, detail: 'no run had a network, and no failure speaks of one' };
}

/** Each of its tests by itself fails on the base as it does among the others, and passes with the oracle. */
export function alone(draft: CodeCase, { alone: runs, solutions: [first] }: CaseGrounds): Found {
  if (runs === null) return { passed: null, detail: 'its tests cannot be run one by one' };
  const messages = new Map(testsOf(draft).map(({ id, message }) => [id, message]));
  const own = runs.flatMap(({ tests, oracle, run }) =>
    [...tests].filter((id) => messages.has(id)).map((id) => ({ id, oracle, run })),
  );
  for (const { id, oracle, run } of own) {
    const outcome = outcomeOf(run, id);
    if (oracle === null && outcome !== 'failed')
      return { passed: false, detail: `${id} does not fail alone: ${outcome}` };
    const said = firstLine(messageOf(run, id) ?? '');
    if (oracle === null && wordsOf(said) !== wordsOf(messages.get(id) ?? ''))
      return { passed: false, detail: `${id} fails otherwise alone: ${said}` };
    if (oracle !== null && oracle === first?.oracle.name && outcome !== 'passed')
      return { passed: false, detail: `${id} fails alone with the oracle: ${said}` };
  }
  const count = new Set(own.map(({ id }) => id)).size;
  return { passed: true, detail: `${count} of ${messages.size} tests were run one by one` };
}

export function oraclePasses(draft: CodeCase, { solutions: [first] }: CaseGrounds): Found {
  if (!first) return NO_ORACLE;
  const missed = firstMissed(draft, first);
  return missed === undefined
    ? {
        passed: true,
        detail: `${first.oracle.name} passes ${testIdsOf(draft).length} tests and ${first.guards.length} guards, ${first.plain.length} of ${first.plain.length} times`,
      }
    : { passed: false, detail: `${first.oracle.name}: ${missed}` };
}

/** The checks of what depends on the surroundings, asked of the right solution: on the base a test fails whatever they are. */
export function solvedWhen(
  draft: CodeCase,
  { solutions: [first] }: CaseGrounds,
  check: VariedRun['check'],
): Found {
  if (!first) return NO_ORACLE;
  const runs = first.varied.filter((one) => one.check === check);
  for (const { what, run } of runs) {
    const id = [...testIdsOf(draft), ...first.guards].find((test) => outcomeOf(run, test) !== 'passed');
    if (id !== undefined)
      return { passed: false, detail: `${id} does not pass with ${first.oracle.name} ${what}` };
  }
  return { passed: true, detail: `they pass with the oracle ${runs.map(({ what }) => what).join(', ')}` };
}

export function twoRightSolutions(draft: CodeCase, { solutions: [, ...others] }: CaseGrounds): Found {
  if (others.length === 0) return { passed: null, detail: 'no second oracle' };
  for (const other of others) {
    const missed = firstMissed(draft, other);
    if (missed !== undefined) return { passed: false, detail: `${other.oracle.name}: ${missed}` };
  }
  return { passed: true, detail: `${others.map(({ oracle }) => oracle.name).join(', ')} pass as well` };
}

function firstMissed(draft: CodeCase, { plain, guards }: Solution): string | undefined {
  for (const id of [...testIdsOf(draft), ...guards]) {
    const passes = plain.filter((run) => outcomeOf(run, id) === 'passed').length;
    if (passes < plain.length) return `${id} passes ${passes} of ${plain.length} times`;
  }
  return undefined;
}

export function notNarrow({ solutions: [first], test, instruction, checkout }: CaseGrounds): Found {
  if (!first) return NO_ORACLE;
  const narrow = findNarrow(addedRuns(first.part), test, [instruction, ...checkout.values()]);
  return narrow.length === 0
    ? { passed: true, detail: 'its tests ask for nothing by a name that only the oracle knows' }
    : {
        passed: false,
        detail: `its tests ask for ${narrow.slice(0, 5).join(', ')}, which nothing tells a fixer`,
      };
}

export function noLeak({ solutions, instruction, checkout }: CaseGrounds): Found {
  if (solutions.length === 0) return NO_ORACLE;
  const runs = solutions.flatMap(({ part }) => addedRuns(part));
  const given = new Map([...checkout, ['instruction.md', instruction]]);
  const copies = solutions.flatMap(({ oracle, part }) =>
    findCopies({ sources: oracle.sources, part }, given),
  );
  const leaks = [...new Set([...findLeaks(runs, given), ...copies])];
  return leaks.length === 0
    ? {
        passed: true,
        detail: `neither the instruction nor ${checkout.size} files of one commit say what the oracle adds`,
      }
    : { passed: false, detail: `what the oracle adds stands in ${leaks.slice(0, 5).join(', ')}` };
}
