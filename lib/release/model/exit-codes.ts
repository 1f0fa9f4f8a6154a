import type { Outcome } from './outcome';

/** The process exit code of each outcome. In addition: 1 for an invalid command or config, 2 for differences. */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  succeeded: 0,
  unchanged: 0,
  refused: 3,
  rejected: 4,
  'rolled-back': 5,
  failed: 6,
  interrupted: 130,
};
