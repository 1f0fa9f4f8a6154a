import type { PlanAction, RevisionState } from '../release';

/** What stands in front of an object that a plan changes. */
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

/** How an action is meant, as a colour. */
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

/** How the end of a revision is meant, as a colour. */
export const STATE_TONES: Readonly<Record<RevisionState, 'good' | 'warn' | 'bad' | 'dim'>> = {
  deployed: 'good',
  superseded: 'dim',
  rejected: 'warn',
  'rolled-back': 'warn',
  failed: 'bad',
};
