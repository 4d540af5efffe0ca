import { z } from 'zod';
import { uses, usesOf } from '../../sandboxes/images/plan-prune.ts';
import { surveyImages } from '../../sandboxes/images/survey-images.ts';
import { defineCommand } from '../define-command.ts';
import { formatBytes } from '../format-figures.ts';
import { findTarget, neededTags, openImages } from '../images/open-images.ts';
import { renderTable } from '../render-table.ts';

export const imagesListCommand = defineCommand({
  name: 'images list',
  summary: 'the sandbox images of this target, what they take, and what uses them',
  examples: ['whetstone images list', "whetstone images list --json | jq '.images[] | select(.inUse == [])'"],
  args: [],
  options: [],
  input: z.object({}),
  output: z.object({
    /** Label of what belongs to this state directory. */
    owner: z.string(),
    images: z.array(
      z.object({
        name: z.string(),
        tag: z.string(),
        id: z.string(),
        /** With what it shares with others. */
        bytes: z.number(),
        /** What it adds to the image that it stands on. */
        ownBytes: z.number(),
        createdAt: z.string(),
        /** When a sandbox was last opened on it, as far as was noted. */
        lastUsedAt: z.string().nullable(),
        /** None of these is pruned. */
        inUse: z.array(z.enum(uses)),
      }),
    ),
    /** Sum of `ownBytes`. */
    usedBytes: z.number(),
    budgetBytes: z.number(),
  }),
  async run(_, context) {
    const target = await findTarget(context);
    const engine = await openImages(context, target);
    const needed = await neededTags(engine, target, context);
    const survey = await surveyImages(engine);
    const now = Date.now();
    const images = survey
      .filter(({ owner }) => owner === engine.owner)
      .map((image) => ({
        name: image.name,
        tag: image.tags[0] ?? '',
        id: image.id,
        bytes: image.bytes,
        ownBytes: image.ownBytes,
        createdAt: new Date(image.createdAt).toISOString(),
        lastUsedAt: image.lastUsedAt === null ? null : new Date(image.lastUsedAt).toISOString(),
        inUse: usesOf(image, { needed, now }),
      }));
    const usedBytes = images.reduce((sum, { ownBytes }) => sum + ownBytes, 0);
    const budgetBytes = engine.keeping?.budgetBytes ?? 0;
    const minute = (time: string | null) => time?.slice(0, 16).replace('T', ' ') ?? '–';
    const rows = images.map(({ tag, bytes, ownBytes, createdAt, lastUsedAt, inUse }) => [
      tag,
      formatBytes(bytes),
      formatBytes(ownBytes),
      minute(createdAt),
      minute(lastUsedAt),
      inUse.join(', ') || '–',
    ]);
    const table = renderTable(['image', 'size', 'own', 'made (UTC)', 'last used', 'in use by'], rows, {
      columns: process.stdout.columns ?? 120,
      right: [1, 2],
    });
    const text =
      rows.length === 0
        ? `No image of ${engine.owner} yet; \`whetstone images build\` makes what a configuration needs.`
        : [
            ...table,
            '',
            `${formatBytes(usedBytes)} of ${formatBytes(budgetBytes)} are used · next: whetstone images prune --dry-run`,
          ].join('\n');
    return { document: { owner: engine.owner, images, usedBytes, budgetBytes }, text, exitCode: 0 };
  },
});
