declare const FORBIDDEN: unique symbol;

/** Marks a prop that excludes another one: no value has this type, and what the compiler prints of it says why. */
export type Forbidden<T, Why extends string> = T & { readonly [FORBIDDEN]: Why };
