import type { PlanAction, RevisionState } from '../release';

/** Sign in front of an object in a plan. */
export const SIGNS: Readonly<Record<PlanAction, string>> = {
  create: '+',
  change: '~',
  replace: '±',
  delete: '-',
  orphan: '○',
  unchanged: '=',
  conflict: '!',
  refused: '!',
};

/** Color of an action. */
export const TONES: Readonly<Record<PlanAction, 'good' | 'warn' | 'bad' | 'dim'>> = {
  create: 'good',
  change: 'warn',
  replace: 'bad',
  delete: 'bad',
  orphan: 'warn',
  unchanged: 'dim',
  conflict: 'bad',
  refused: 'bad',
};

/** Color of a revision's outcome. */
export const STATE_TONES: Readonly<Record<RevisionState, 'good' | 'warn' | 'bad' | 'dim'>> = {
  deployed: 'good',
  superseded: 'dim',
  rejected: 'warn',
  'rolled-back': 'warn',
  failed: 'bad',
};
