import { describe, expect, it } from 'vitest';
import { auditCase } from './audit-case.ts';

const check = (name: string, passed: boolean | null, detail = '') => ({ check: name, passed, detail, ms: 1 });
const sound = [check('fails-before', true), check('deterministic', true), check('two-right-solutions', true)];

describe('auditCase', () => {
  it('passes a case whose reference was derived a second way, and keeps what says so', () => {
    expect(auditCase(sound)).toEqual({ passed: true, checks: sound.slice(1), detail: '' });
  });

  it.each([
    ['a certificate that is not there', null, 'cannot be read'],
    ['a broken one', [{ check: 'deterministic' }], 'cannot be read'],
    ['an empty one', [], 'deterministic'],
    ['a check that did not apply', [...sound.slice(0, 2), check('two-right-solutions', null)], 'two-right'],
    ['a check that failed', [...sound, check('deterministic', false, 'other rows')], 'other rows'],
  ])('keeps a case back for %s', (_, certificate, detail) => {
    const audit = auditCase(certificate);
    expect(audit.passed).toBe(false);
    expect(audit.detail).toContain(detail);
  });
});
