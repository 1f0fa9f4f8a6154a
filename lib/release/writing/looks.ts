/** How often a constantly changing object (in its status) is read again before the write fails. */
export const LOOKS = 20;
/** The pause between two looks at an object, in milliseconds. */
export const LOOK_MS = 200;
