import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measureOwnBytes } from './own-bytes.ts';
import { planPrune, usesOf } from './plan-prune.ts';
import type { SurveyedImage } from './survey-images.ts';

const HOUR = 3_600_000;
const now = 1_000 * HOUR;

function image(id: string, given: Partial<SurveyedImage> = {}): SurveyedImage {
  return {
    ...{ id, tags: [`whetstone/${id}:1`], name: id, owner: 'me', bytes: 100, ownBytes: 100 },
    ...{ createdAt: 0, lastUsedAt: null, expiresAt: null, children: [], containers: 0 },
    ...given,
  };
}

const plan = (
  images: SurveyedImage[],
  terms: { budgetBytes?: number; all?: boolean; needed?: string[] } = {},
) => {
  const { remove, keep, usedBytes } = planPrune(images, {
    owner: 'me',
    now,
    budgetBytes: 0,
    needed: [],
    ...terms,
  });
  return {
    removed: remove.map(({ id }) => id),
    kept: Object.fromEntries(keep.map(({ image, why }) => [image.id, why])),
    usedBytes,
  };
};

test('what is unused for longest goes first, until the rest fits', () => {
  const images = [
    image('new', { createdAt: 5 * HOUR }),
    image('used', { lastUsedAt: 9 * HOUR }),
    image('old', { lastUsedAt: 1 * HOUR }),
    image('never'),
  ];
  expect(plan(images, { budgetBytes: 250 })).toEqual({
    removed: ['never', 'old'],
    kept: { new: 'within-budget', used: 'within-budget' },
    usedBytes: { before: 400, after: 200 },
  });
  expect(plan(images, { budgetBytes: 400 }).removed).toEqual([]);
  expect(plan(images, { budgetBytes: 1e9, all: true }).removed).toEqual(['never', 'old', 'new', 'used']);
});

test('nothing that is in use goes, and each says why it stays', () => {
  const images = [
    image('ran', { containers: 1 }),
    image('below', { children: ['ran'] }),
    image('theirs', { owner: 'other' }),
    image('below-theirs', { children: ['theirs'] }),
    image('needed'),
    image('fresh', { lastUsedAt: now - HOUR / 2 }),
    image('made', { createdAt: now - HOUR / 2 }),
    image('loose'),
  ];
  expect(plan(images, { all: true, needed: ['whetstone/needed:1'] })).toEqual({
    removed: ['loose'],
    kept: {
      ran: 'container',
      below: 'stood-on',
      'below-theirs': 'stood-on',
      needed: 'configuration',
      fresh: 'recent',
      made: 'recent',
    },
    usedBytes: { before: 700, after: 600 },
  });
});

test('an image goes after all that stand on it, however long it is unused', () => {
  const images = [
    image('base', { children: ['a', 'b'] }),
    image('a', { lastUsedAt: 1 }),
    image('b', { lastUsedAt: 2 }),
  ];
  expect(plan(images).removed).toEqual(['a', 'b', 'base']);
});

test('own bytes are counted once, whatever images stand on each other', () => {
  const stacks = fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(stacks, (choices) => {
      // A layer is named by all that is below it, as the engine's are by what they hold; its size follows from its name.
      const layersOf = (choice: number[]) => choice.map((_, at) => choice.slice(0, at + 1).join('.'));
      const size = (layer: string) => layer.length * 10 + Number(layer.at(-1));
      const images = choices.map((choice, at) => {
        const layers = layersOf(choice);
        return { id: String(at), layers, bytes: layers.reduce((sum, layer) => sum + size(layer), 0) };
      });
      const measured = measureOwnBytes(images);
      const own = images.map(({ id }) => measured.get(id) ?? -1);
      const all = new Set(images.flatMap(({ layers }) => layers));
      const disk = [...all].reduce((sum, layer) => sum + size(layer), 0);
      const total = own.reduce((sum, bytes) => sum + bytes, 0);
      // Layers that two images share without one standing on the other are counted for each: never too little.
      expect(total).toBeGreaterThanOrEqual(disk);
      expect(own.every((bytes, at) => bytes >= 0 && bytes <= (images[at]?.bytes ?? 0))).toBe(true);
    }),
  );
});

test('a snapshot stays until it expires, whatever the budget', () => {
  const images = [
    image('kept', { expiresAt: now + 1 }),
    image('expired', { expiresAt: now }),
    image('other'),
  ];
  expect(plan(images, { all: true })).toMatchObject({
    removed: ['expired', 'other'],
    kept: { kept: 'snapshot' },
  });
});

test('an image may be in use by several at once', () => {
  const terms = { needed: ['whetstone/busy:1'], now };
  const busy = image('busy', { containers: 2, expiresAt: now + 1, children: ['other'] });
  expect(usesOf(busy, terms)).toEqual(['container', 'snapshot', 'configuration', 'stood-on']);
  expect(usesOf(image('idle', { expiresAt: now, lastUsedAt: now }), terms)).toEqual([]);
});
