import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CodeVerdict } from '../../loops/gate/code/code-verdict.ts';
import { SpeedRange } from '../../loops/gate/speed.ts';
import { Verdict } from '../../loops/gate/verdict.ts';
import type { State } from '../../loops/state/open-state.ts';
import { isCodeTarget } from '../../loops/target/load-target.ts';
import type { CodeContext } from '../../loops/workflows/code-context.ts';
import type { LoopContext } from '../../loops/workflows/context.ts';
import { gateCode } from '../../loops/workflows/gate-code.ts';
import { type GatedPatch, gatePatch, type PatchRequest } from '../../loops/workflows/gate-patch.ts';
import { type Answer, type CommandContext, defineCommand } from '../define-command.ts';
import { openAnyWorkspace, openCode, openLoop } from '../open-workspace.ts';
import { readPatchFile } from '../read-patch.ts';
import { renderCodeVerdict } from '../render-code-verdict.ts';
import { renderVerdict } from '../render-verdict.ts';

export const QueryGate = Verdict.extend({
  domain: z.literal('slow-queries'),
  /** What `rescore` names. */
  run: z.string(),
  case: z.string(),
  query: z.string(),
  /** With --remeasure: the range that was claimed, and whether this one meets it; null where there was none. */
  claimed: SpeedRange.nullable(),
  overlapsClaim: z.boolean().nullable(),
});
type QueryGate = z.infer<typeof QueryGate>;

const CodeGate = CodeVerdict.extend({
  domain: z.literal('code'),
  run: z.string(),
  case: z.string(),
  query: z.null(),
});
type CodeGate = z.infer<typeof CodeGate>;

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
  output: z.discriminatedUnion('domain', [QueryGate, CodeGate]),
  async run(input, context) {
    const here =
      input.target === undefined
        ? context
        : { ...context, config: path.join(path.resolve(context.cwd, input.target), 'whetstone.config.ts') };
    await using workspace = await openAnyWorkspace(here);
    const { target, state } = workspace;
    const { case: caseId, remeasure } = input;
    const request = { patch: await readPatch(input.patch, state, here), by: 'person', caseId, remeasure };
    // Awaited here: the state closes when this returns.
    return isCodeTarget(target)
      ? await judgeCodePatch(await openCode({ ...workspace, target }, here), request)
      : await judgeQueryPatch(await openLoop({ ...workspace, target }, here), request);
  },
});

async function judgeQueryPatch(loop: LoopContext, request: PatchRequest): Promise<Answer<QueryGate>> {
  const gated = await gatePatch(loop, request);
  const { verdict, run, case: judged } = gated;
  const claimed = request.remeasure ? claimedRange(gated) : null;
  const overlapsClaim = claimed && overlaps(verdict, claimed);
  return {
    document: {
      domain: 'slow-queries',
      ...verdict,
      run,
      case: judged.id,
      query: judged.query,
      claimed,
      overlapsClaim,
    },
    text: renderVerdict(gated, claimed),
    exitCode: verdict.verdict === 'accepted' ? 0 : 1,
  };
}

async function judgeCodePatch(code: CodeContext, request: PatchRequest): Promise<Answer<CodeGate>> {
  const gated = await gateCode(code, request);
  const { verdict, run, case: judged } = gated;
  return {
    document: { domain: 'code', ...verdict, run, case: judged.id, query: null },
    text: renderCodeVerdict(gated),
    exitCode: verdict.verdict === 'accepted' ? 0 : 1,
  };
}

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
async function readPatch(named: string, state: State, context: CommandContext): Promise<string> {
  if (named !== '-' && !existsSync(path.resolve(context.cwd, named))) {
    const request = (await state.publications.pullRequests()).find(
      ({ branch, number }) => branch === named || String(number) === named,
    );
    const candidate = request && (await state.candidates.find(request.candidateId));
    if (candidate) return candidate.patch;
  }
  return readPatchFile(named, context.cwd);
}
