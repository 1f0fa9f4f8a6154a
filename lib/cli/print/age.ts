const UNITS = [
  ['d', 86_400_000, 2],
  ['h', 3_600_000, 2],
  ['m', 60_000, 2],
] as const;

/** `45s ago`, `12m ago`, `5h ago`, `3d ago`: the age of an RFC 3339 time. Invalid times are printed unchanged. */
export function age(time: string, now: number = Date.now()): string {
  const elapsed = now - Date.parse(time);
  if (Number.isNaN(elapsed)) return time;
  const unit = UNITS.find(([, ms, least]) => elapsed >= ms * least);
  return unit === undefined
    ? `${Math.max(0, Math.floor(elapsed / 1000))}s ago`
    : `${Math.floor(elapsed / unit[1])}${unit[0]} ago`;
}
