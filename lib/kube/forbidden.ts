declare const FORBIDDEN: unique symbol;

/** Stands where something may not be set beside something else: nobody has such a value, and what the compiler prints of it says why. */
export type Forbidden<T, Why extends string> = T & { readonly [FORBIDDEN]: Why };
