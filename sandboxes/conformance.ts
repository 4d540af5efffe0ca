import type { Check } from './conformance/check.ts';
import { containment } from './conformance/containment.ts';
import { escapes } from './conformance/escapes.ts';
import { outcomes } from './conformance/outcomes.ts';

/**
 * What a driver must do: tell how a job ended, hold whatever a job does, and let nothing out. Each check throws an
 * AssertionError that says what it saw.
 */
export const conformance: readonly Check[] = [...outcomes, ...containment, ...escapes];
