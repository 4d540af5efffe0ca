import { z } from 'zod';
import { loadAnyTarget } from '../../loops/target/load-target.ts';
import { surveyImages } from '../../sandboxes/images/survey-images.ts';
import { configPath } from '../config-path.ts';
import { defineCommand } from '../define-command.ts';
import { formatBytes, formatMs } from '../format-figures.ts';
import { makeImages, neededTags, openImages } from '../images/open-images.ts';

export const imagesBuildCommand = defineCommand({
  name: 'images build',
  summary: "make the sandbox images that the target's configuration needs, or find them",
  examples: [
    'whetstone images build',
    'whetstone images build --config ../my-service/whetstone.config.ts --json',
  ],
  args: [],
  options: [],
  input: z.object({}),
  output: z.object({
    /** The lowest first: each stands on one before it. */
    images: z.array(
      z.object({
        name: z.string(),
        tag: z.string(),
        id: z.string(),
        bytes: z.number(),
        /** False where it was there before. */
        made: z.boolean(),
      }),
    ),
    wallMs: z.number(),
  }),
  async run(_, context) {
    const target = await loadAnyTarget(configPath(context));
    const engine = await openImages(context, target);
    const before = await neededTags(engine, target, context);
    const started = performance.now();
    await makeImages(engine, target, context);
    const wallMs = Math.round(performance.now() - started);
    const survey = await surveyImages(engine);
    const images = (await neededTags(engine, target, context)).flatMap((tag) =>
      survey
        .filter(({ tags }) => tags.includes(tag))
        .map(({ name, id, bytes }) => ({ name, tag, id, bytes, made: !before.includes(tag) })),
    );
    const lines = images.map(
      ({ tag, bytes, made }) => `${made ? 'made ' : 'there'}  ${tag}  ${formatBytes(bytes)}`,
    );
    const made = images.filter((image) => image.made).length;
    const told =
      made === 0 ? 'All of them existed.' : `Made ${made} of ${images.length} in ${formatMs(wallMs)}.`;
    return { document: { images, wallMs }, text: [...lines, '', told].join('\n'), exitCode: 0 };
  },
});
