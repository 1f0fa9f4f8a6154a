/** Output format of a command: text, one JSON document at the end, or one JSON document per event or entry. */
export type Output = 'text' | 'json' | 'ndjson';

/** Output formats of a command that prints a table; `wide` has more columns and truncates nothing. */
export type TableOutput = Output | 'wide';
