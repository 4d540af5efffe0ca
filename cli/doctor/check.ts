import { z } from 'zod';

export const Check = z.object({
  name: z.string(),
  state: z.enum(['ok', 'missing', 'broken']),
  /** What is there. */
  found: z.string(),
  /** What to do about it; empty when it is ok. */
  remedy: z.string(),
  /** Nothing works without it; where it is not ok, `doctor` exits 1. */
  needed: z.boolean(),
});
export type Check = z.infer<typeof Check>;

export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found, remedy: '', needed: true };
}

export function missing(name: string, found: string, remedy: string): Check {
  return { name, state: 'missing', found, remedy, needed: true };
}

export function broken(name: string, found: string, remedy: string): Check {
  return { name, state: 'broken', found, remedy, needed: true };
}

/** Works without, but worse. */
export function advised(check: Check): Check {
  return { ...check, needed: false };
}
