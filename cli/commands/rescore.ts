import { z } from 'zod';
import { TrialOutcome } from '../../loops/gate/evidence.ts';
import { Reason } from '../../loops/gate/reason.ts';
import { Verdict } from '../../loops/gate/verdict.ts';
import { type Rescoring, rescore, type VerdictAgain } from '../../loops/workflows/rescore.ts';
import { defineCommand } from '../define-command.ts';
import { formatCount } from '../format-figures.ts';
import { openAnyWorkspace } from '../open-workspace.ts';
import { renderTable } from '../render-table.ts';

const VerdictName = Verdict.shape.verdict;
const NewVerdict = VerdictName.or(z.enum(['not-asked', 'unknown']));
const NewOutcome = TrialOutcome.or(z.literal('not-asked'));

/** Lines of a list for people; `--json` has all. */
const MOST_LINES = 20;
const HEAD = ['case', 'variant', 'outcome', 'why'];

export const rescoreCommand = defineCommand({
  name: 'rescore',
  summary: 'kept trials and verdicts under corrected cases, rules or verifier: nothing is run',
  examples: [
    'whetstone rescore',
    'whetstone rescore gate/9a3a28aa12cd34ef/1700000000000 --json',
    'whetstone rescore --dataset flights@v2',
  ],
  args: [{ notation: '[run...]', describe: 'runs of `gate` and `eval`; every one by default' }],
  options: [
    {
      notation: '--dataset <name>',
      describe: "NAME or NAME@vN that has the corrected cases; by default the newest of each run's own",
    },
  ],
  input: z.object({ run: z.array(z.string()).default([]), dataset: z.string().optional() }),
  output: z.strictObject({
    runs: z.array(
      z.strictObject({ run: z.string(), dataset: z.string(), version: z.int(), trials: z.int() }),
    ),
    /** Trials that were scored again, flipped or not. */
    trials: z.int(),
    /** Trials of which too little was kept. */
    unknown: z.int(),
    flipped: z.array(
      z.strictObject({
        case: z.string(),
        from: TrialOutcome,
        to: NewOutcome,
        why: z.string(),
        run: z.string(),
        variant: z.string(),
        arm: z.enum(['base', 'candidate']),
        session: z.int(),
      }),
    ),
    /** Verdicts that are others now. */
    verdicts: z.array(
      z.strictObject({
        run: z.string(),
        case: z.string(),
        candidate: z.string(),
        from: VerdictName,
        to: NewVerdict,
        reasons: z.array(Reason),
      }),
    ),
  }),
  async run({ run, dataset }, context) {
    await using workspace = await openAnyWorkspace(context, { begun: true });
    const { progress, signal } = context;
    const rescoring = await rescore({ ...workspace, progress, signal }, { runs: run, dataset });
    const flipped = rescoring.trials.flatMap(({ to, ...trial }) =>
      to === 'unknown' || to === trial.from ? [] : [{ ...trial, to }],
    );
    const unknown = rescoring.trials.filter(({ to }) => to === 'unknown').length;
    const verdicts = rescoring.verdicts.filter(({ from, to }) => from !== to);
    return {
      document: { runs: rescoring.runs, trials: rescoring.trials.length, unknown, flipped, verdicts },
      text: render({ rescoring, flipped, unknown, verdicts }),
      exitCode: flipped.length + verdicts.length === 0 ? 0 : 1,
    };
  },
});

interface Found {
  rescoring: Rescoring;
  flipped: readonly { case: string; variant: string; from: string; to: string; why: string }[];
  unknown: number;
  verdicts: readonly VerdictAgain[];
}

function render({ rescoring: { runs, trials }, flipped, unknown, verdicts }: Found): string {
  const scored = `${formatCount(trials.length, 'trial')} of ${formatCount(runs.length, 'run')}`;
  const lost = unknown === 0 ? [] : [`Of ${formatCount(unknown, 'trial')} too little was kept to tell.`];
  if (flipped.length + verdicts.length === 0)
    return [`${scored} scored again: every outcome and verdict stays.`, ...lost].join('\n');
  const rows = flipped
    .slice(0, MOST_LINES)
    .map((one) => [one.case, one.variant, `${one.from} → ${one.to}`, one.why]);
  const more = flipped.length - rows.length;
  return [
    `${scored} scored again: ${formatCount(flipped.length, 'outcome')} and ${formatCount(verdicts.length, 'verdict')} are others now.`,
    ...lost,
    ...(rows.length > 0 ? ['', ...renderTable(HEAD, rows, { columns: process.stdout.columns ?? 160 })] : []),
    ...(more > 0 ? [`and ${more} more (--json has all)`] : []),
    ...(verdicts.length > 0 ? ['', ...verdicts.map(lineOf)] : []),
    ...nextStep(verdicts),
  ].join('\n');
}

function lineOf({ run, case: id, from, to, reasons: [first] }: VerdictAgain): string {
  return `${run} on ${id}: ${from} → ${to}${first ? ` (${first.code}: ${first.detail})` : ''}`;
}

/** Nobody is accepted on trials that were known before the rules were. */
function nextStep(verdicts: readonly VerdictAgain[]): string[] {
  const hopeful = verdicts.some(({ to }) => to !== 'rejected' && to !== 'not-asked');
  if (hopeful) return ['', 'next: whetstone gate --patch F asks the gate again, with fresh trials'];
  if (verdicts.some(({ from }) => from === 'accepted'))
    return ['', 'next: whetstone pr list shows what was published on verdicts that do not hold any more'];
  return [];
}
