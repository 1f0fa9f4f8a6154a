/** Answers that the sandbox does not word as the real server does. It refuses, too, but says less. */
export const NOT_MODELLED: readonly { readonly scenario: string; readonly step: number; readonly why: string }[] = [
  {
    scenario: 'Service: bad name',
    step: 1,
    why: 'a Service without a name fails in the allocation of its address before it is validated',
  },
];
