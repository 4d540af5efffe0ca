import { z } from 'zod';
import { type KeepReason, keepReasons } from '../../sandboxes/images/plan-prune.ts';
import { pruneImages } from '../../sandboxes/images/prune-images.ts';
import { defineCommand } from '../define-command.ts';
import { formatBytes, formatCount } from '../format-figures.ts';
import { findTarget, neededTags, openImages } from '../images/open-images.ts';
import { parseBytes } from '../images/parse-bytes.ts';

const reasons: Record<KeepReason, string> = {
  container: 'a container runs on it or was made of it',
  snapshot: 'a snapshot of an environment that has not expired',
  'stood-on': 'other images of ours stand on it',
  configuration: 'the configuration needs it',
  recent: 'it was used in the last hour',
  'within-budget': 'it fits the budget',
};

export const imagesPruneCommand = defineCommand({
  name: 'images prune',
  summary: 'remove the sandbox images over the disk budget, unused for longest first; none in use',
  examples: [
    'whetstone images prune --dry-run',
    'whetstone images prune --budget 5GB',
    'whetstone images prune --all --json',
  ],
  args: [],
  options: [
    {
      notation: '--budget <size>',
      describe: 'such as 10GB; by default `images.budgetBytes` of the configuration',
    },
    { notation: '--all', describe: 'all that is unused, whatever the budget' },
    { notation: '--dry-run', describe: 'say what would go, and remove nothing' },
  ],
  input: z.object({
    budget: z
      .string()
      .transform((text, { addIssue }) => {
        const bytes = parseBytes(text);
        if (bytes === undefined) addIssue(`\`${text}\` is no size: write one such as 10GB or 500MB`);
        return bytes ?? 0;
      })
      .optional(),
    all: z.boolean().default(false),
    dryRun: z.boolean().default(false),
  }),
  output: z.object({
    dryRun: z.boolean(),
    /** Null under --all. */
    budgetBytes: z.number().nullable(),
    usedBytes: z.object({ before: z.number(), after: z.number() }),
    removed: z.array(
      z.object({ tag: z.string(), id: z.string(), ownBytes: z.number(), lastUsedAt: z.string().nullable() }),
    ),
    kept: z.array(
      z.object({
        tag: z.string(),
        id: z.string(),
        ownBytes: z.number(),
        why: z.enum(keepReasons),
      }),
    ),
  }),
  async run({ budget, all, dryRun }, context) {
    const target = await findTarget(context);
    const engine = await openImages(context, target);
    const needed = await neededTags(engine, target, context);
    const budgetBytes = budget ?? engine.keeping?.budgetBytes ?? 0;
    const { remove, keep, usedBytes } = await pruneImages(engine, { budgetBytes, all, needed, dryRun });
    const removed = remove.map(({ tags, id, ownBytes, lastUsedAt }) => ({
      tag: tags[0] ?? '',
      id,
      ownBytes,
      lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    }));
    const kept = keep.map(({ image: { tags, id, ownBytes }, why }) => ({
      tag: tags[0] ?? '',
      id,
      ownBytes,
      why,
    }));
    const over = !all && usedBytes.after > budgetBytes;
    const lines = [
      ...removed.map(
        ({ tag, ownBytes }) => `${dryRun ? 'would go' : 'removed'}  ${tag}  ${formatBytes(ownBytes)}`,
      ),
      ...kept.map(({ tag, ownBytes, why }) => `stays    ${tag}  ${formatBytes(ownBytes)}  ${reasons[why]}`),
      '',
      `${formatCount(removed.length, 'image')} ${dryRun ? 'would go' : 'removed'}: ${formatBytes(usedBytes.before)} → ${formatBytes(usedBytes.after)}${all ? '' : ` of ${formatBytes(budgetBytes)}`}${over ? '; what is left over the budget is in use' : ''}.`,
    ];
    return {
      document: { dryRun, budgetBytes: all ? null : budgetBytes, usedBytes, removed, kept },
      text: lines.join('\n'),
      exitCode: 0,
    };
  },
});
