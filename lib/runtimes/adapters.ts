/** Name of the draft model among the models that a pod fetches besides its own. */
export const DRAFT = 'draft';

/** An adapter by the name of the draft model. */
export function draftProblem() {
  return {
    code: 'INVALID_VALUE' as const,
    path: `runtime.lora.adapters.${DRAFT}`,
    message: 'the draft model of speculative decoding has this name',
    got: DRAFT,
    expected: 'another name',
    remedy: 'Rename the adapter.',
  };
}

/** An adapter whose rank is above the highest that the server accepts. */
export function rankProblem(name: string, rank: number | undefined, maxRank: number) {
  if (rank === undefined || rank <= maxRank) return [];
  return [
    {
      code: 'INVALID_VALUE' as const,
      path: `runtime.lora.ranks.${name}`,
      message: 'the rank of an adapter is above the highest that the server accepts',
      got: rank,
      expected: `at most ${maxRank}`,
      remedy: 'Raise lora.maxRank.',
    },
  ];
}
