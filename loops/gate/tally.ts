import type { Arm, Evidence, EvidenceVariant, Trial } from './evidence.ts';

/** Scored trials of one arm of one variant; infrastructure errors are counted apart and never as failures. */
export interface ArmTally {
  trials: number;
  passes: number;
  wrong: number;
  infraErrors: number;
}

export interface VariantTally {
  variant: EvidenceVariant;
  base: ArmTally;
  candidate: ArmTally;
}

export function tallyVariants({
  variants,
  sessions,
}: Pick<Evidence, 'variants' | 'sessions'>): VariantTally[] {
  const trials = sessions.flatMap((session) => session.trials);
  return variants.map((variant) => {
    const own = trials.filter((trial) => trial.variant === variant.id);
    return { variant, base: tallyArm(own, 'base'), candidate: tallyArm(own, 'candidate') };
  });
}

/** More than half of the scored trials. */
export function passesMost({ trials, passes }: Pick<ArmTally, 'trials' | 'passes'>): boolean {
  return passes * 2 > trials;
}

function tallyArm(trials: readonly Trial[], arm: Arm): ArmTally {
  const own = trials.filter((trial) => trial.arm === arm);
  const scored = own.filter((trial) => trial.outcome !== 'infra_error');
  return {
    trials: scored.length,
    passes: scored.filter((trial) => trial.outcome === 'passed').length,
    wrong: scored.filter((trial) => trial.rowsEqual === false).length,
    infraErrors: own.length - scored.length,
  };
}
