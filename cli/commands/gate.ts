import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SpeedRange } from '../../loops/gate/speed.ts';
import { Verdict } from '../../loops/gate/verdict.ts';
import { type GatedPatch, gatePatch } from '../../loops/workflows/gate-patch.ts';
import { type CommandContext, defineCommand } from '../define-command.ts';
import { openLoop, openWorkspace, type Workspace } from '../open-workspace.ts';
import { readPatchFile } from '../read-patch.ts';
import { renderVerdict } from '../render-verdict.ts';

export const gateCommand = defineCommand({
  name: 'gate',
  summary: "a verdict on anybody's patch, measured in fresh sandboxes",
  examples: [
    'whetstone gate --patch my.patch',
    'git diff main | whetstone gate --patch - --json',
    'whetstone gate --remeasure --patch whetstone/busiest-routes-9a3a28aa',
  ],
  args: [],
  options: [
    { notation: '--patch <file>', describe: 'a git patch, - for stdin, or a branch of `whetstone pr list`' },
    { notation: '--target <dir>', describe: 'the target, when its whetstone.config.ts is not here' },
    { notation: '--case <id>', describe: 'the case or query to judge it by; by default the one it aims at' },
    { notation: '--remeasure', describe: 'measure an accepted patch once more; no attempt is charged' },
  ],
  input: z.object({
    patch: z.string({ error: 'is missing: name a patch file, - or a branch' }),
    target: z.string().optional(),
    case: z.string().optional(),
    remeasure: z.boolean().default(false),
  }),
  output: Verdict.extend({
    case: z.string(),
    query: z.string(),
    /** With --remeasure: the range that was claimed, and whether this one meets it; null where there was none. */
    claimed: SpeedRange.nullable(),
    overlapsClaim: z.boolean().nullable(),
  }),
  async run(input, context) {
    const here =
      input.target === undefined
        ? context
        : { ...context, config: path.join(path.resolve(context.cwd, input.target), 'whetstone.config.ts') };
    await using workspace = await openWorkspace(here);
    const patch = await readPatch(input.patch, workspace, here);
    const loop = await openLoop(workspace, here);
    const gated = await gatePatch(loop, {
      patch,
      by: 'person',
      caseId: input.case,
      remeasure: input.remeasure,
    });
    const { verdict } = gated;
    const claimed = input.remeasure ? claimedRange(gated) : null;
    const overlapsClaim = claimed && overlaps(verdict, claimed);
    return {
      document: { ...verdict, case: gated.case.id, query: gated.case.query, claimed, overlapsClaim },
      text: renderVerdict(gated, claimed),
      exitCode: verdict.verdict === 'accepted' ? 0 : 1,
    };
  },
});

function claimedRange({ claimed }: GatedPatch): SpeedRange | null {
  const [then] = claimed?.speed ?? [];
  return then?.low99 == null ? null : { low99: then.low99, high99: then.high99 };
}

/** Whether the 99 % ranges have values in common; null where this measurement has none. */
function overlaps({ speed: [now] }: Verdict, claimed: SpeedRange): boolean | null {
  if (now?.low99 == null) return null;
  const upper = ({ high99 }: SpeedRange) => high99 ?? Number.POSITIVE_INFINITY;
  return now.low99 <= upper(claimed) && (claimed.low99 ?? 0) <= upper(now);
}

/** A file, stdin, or the patch behind a pull request's branch or number. */
async function readPatch(named: string, { state }: Workspace, context: CommandContext): Promise<string> {
  if (named !== '-' && !existsSync(path.resolve(context.cwd, named))) {
    const request = (await state.publications.pullRequests()).find(
      ({ branch, number }) => branch === named || String(number) === named,
    );
    const candidate = request && (await state.candidates.find(request.candidateId));
    if (candidate) return candidate.patch;
  }
  return readPatchFile(named, context.cwd);
}
