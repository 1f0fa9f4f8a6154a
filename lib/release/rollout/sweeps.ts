/** How often workloads without news are judged again, because time passes: for a node, a quota, a deadline. */
const SWEEP_MS = 1_000;
/** A sweep may take one part in so many of the time: with thousands of workloads, sweeps are further apart. */
const SHARE = 20;

/** Decides when all pending workloads are judged, not only those with news. */
export class Sweeps {
  private due = Number.NEGATIVE_INFINITY;

  /** Whether a sweep is due at a time in milliseconds. */
  isDue(now: number): boolean {
    return now >= this.due;
  }

  /** Takes note of a sweep, by its start and end in milliseconds. */
  done(began: number, ended: number): void {
    this.due = began + Math.max(SWEEP_MS, SHARE * (ended - began));
  }
}
