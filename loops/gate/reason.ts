import { z } from 'zod';

/** Why a verdict is not `accepted`; docs/gate.md says what to do about each. Codes are added, never renamed. */
export const ReasonCode = z.enum([
  'empty-patch',
  'does-not-apply',
  'policy-path',
  'policy-mode',
  'policy-size',
  'policy-package',
  'tests-changed',
  'environment-sniffed',
  'build-failed',
  'tests-failed',
  'settings-changed',
  'schema-changed',
  'too-few-trials',
  'wrong-rows',
  'stale',
  'below-objective',
  'not-significant',
  'no-lift',
  'still-fails',
  'implausible',
  'process-changed',
  'no-faster',
  'noisy',
  'guard-wrong',
  'guard-slower',
  'guard-stale',
  'guard-fails',
  'guards-worse',
  'write-cost',
  'storage',
  'incomplete',
  'error',
]);
export type ReasonCode = z.infer<typeof ReasonCode>;

/** `detail` is one line for people; it names what was seen and the limit. */
export const Reason = z.strictObject({ code: ReasonCode, detail: z.string() });
export type Reason = z.infer<typeof Reason>;
