import { z } from 'zod';
import { AdmissionCheck } from '../../datasets/cases/case.ts';

const Certificate = z.array(AdmissionCheck);

/** The checks that derive a reference a second way: what fails by a wrong reference fails for ever. */
const DERIVES = ['deterministic', 'two-right-solutions'] as const;

export interface CaseAudit {
  passed: boolean;
  /** Those of its certificate that say that its reference is right. */
  checks: z.infer<typeof Certificate>;
  /** What is missing, where it is not passed. */
  detail: string;
}

/**
 * Whether a case that nobody solves may be called hard. Of cases that all models failed, most turned out to reject right
 * solutions (gate.md), so that a certificate which is lost, broken or without one of the checks is a reason to keep it back.
 */
export function auditCase(certificate: unknown): CaseAudit {
  const { data } = Certificate.safeParse(certificate);
  if (!data) return { passed: false, checks: [], detail: 'its certificate cannot be read' };
  const checks = data.filter(({ check }) => DERIVES.some((one) => one === check));
  const missing = DERIVES.find((one) => !checks.some(({ check, passed }) => check === one && passed));
  const refused = checks.find(({ passed }) => passed === false);
  if (missing === undefined && !refused) return { passed: true, checks, detail: '' };
  const detail = refused ? `${refused.check}: ${refused.detail}` : `nothing says that it is ${missing}`;
  return { passed: false, checks, detail };
}
