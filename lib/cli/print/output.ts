/** How a command prints: for people, one JSON document at the end, or one JSON document per event or entry. */
export type Output = 'text' | 'json' | 'ndjson';

/** The formats of a command that prints a table; `wide` has more columns and cuts nothing. */
export type TableOutput = Output | 'wide';
