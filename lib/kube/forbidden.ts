declare const FORBIDDEN: unique symbol;

/** Marks a prop that excludes another one: no value has this type, and the compiler's message shows the reason. */
export type Forbidden<T, Why extends string> = T & { readonly [FORBIDDEN]: Why };
