/**
 * Characters that a terminal, a browser or a viewer interprets instead of showing: C0 without tab and line feed, DEL, C1, line
 * separators, zero-width marks, and marks that change the text direction. All output writers use this pattern.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
export const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
