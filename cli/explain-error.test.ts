import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Fault } from '../datasets/fault.ts';
import { SandboxFault } from '../sandboxes/fault.ts';
import { explainError, faultOfFields, wrapParagraph } from './explain-error.ts';

describe('explainError', () => {
  test.each([
    ['input', 2],
    ['infrastructure', 3],
    ['budget', 4],
  ] as const)('a fault of kind %s exits %d', (kind, exitCode) => {
    const told = explainError(new Fault('a-code', 'What.', { hint: 'Next.', kind }));
    expect(told).toEqual({ code: 'a-code', message: 'What.', hint: 'Next.', exitCode });
  });

  test('a fault of the sandboxes is infrastructure', () => {
    expect(explainError(new SandboxFault('no-engine', 'None.', { hint: 'Start it.' })).exitCode).toBe(3);
  });

  test('a full disk names what to do', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainError(error)).toMatchObject({ code: 'enospc', exitCode: 3 });
    expect(explainError(error).hint).toContain('disk space');
  });

  test('whatever else is thrown is unexpected, and --verbose shows more', () => {
    for (const thrown of [new TypeError('x is not a function'), 'text', undefined, { code: 'odd' }]) {
      expect(explainError(thrown)).toMatchObject({ code: 'unexpected', exitCode: 3 });
      expect(explainError(thrown).hint).toContain('--verbose');
    }
  });
});

test('faultOfFields names each wrong field and where it stands', () => {
  const parsed = z
    .object({ top: z.number(), deep: z.object({ name: z.string() }) })
    .safeParse({ top: 'x', deep: {} });
  const fault = faultOfFields(parsed.error as z.ZodError, 'whetstone patterns', 'See --help.');
  expect(fault.message).toMatch(/^whetstone patterns: `top`: .*; `deep\.name`: /);
  expect(fault.kind).toBe('input');
});

test('wrapParagraph keeps every word, in lines that fit unless one word does not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 30 })),
      fc.integer({ min: 10, max: 100 }),
      (parts, columns) => {
        const text = parts.join(' ');
        const wrapped = wrapParagraph(text, columns);
        const words = text.split(/\s+/).filter((word) => word !== '');
        expect(wrapped.split(/\s+/).filter((word) => word !== '')).toEqual(words);
        for (const line of wrapped.split('\n')) {
          expect(line.length <= columns || !line.includes(' ')).toBe(true);
        }
      },
    ),
  );
});
