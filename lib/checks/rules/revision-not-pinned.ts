import type { Container } from '../inventory/inventory';
import { flagValue, serverOf, wordsOf } from '../inventory/servers';
import { type Found, type Rule, rule, say } from '../model/rule';

/** A model of the Hugging Face hub: `owner/name`, no path and no address. */
const REPOSITORY = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** A server that fetches a model of the hub by a branch: two of its pods can serve different models. */
export const revisionNotPinned: Rule = rule('REVISION_NOT_PINNED', 'warning', 'Name a commit of 40 digits.', ({ workloads }) =>
  workloads.flatMap(({ object, containers, part }) =>
    containers.flatMap((container): readonly Found[] => {
      const { revisionFlag } = serverOf(container) ?? {};
      const model = modelOf(container);
      if (revisionFlag === undefined || model === undefined || part === 'worker') return [];
      const revision = flagValue(container, [revisionFlag]);
      // A variable may hold a commit.
      if (revision !== undefined && /^[0-9a-f]{40}$|[$({]/.test(revision)) return [];
      return say(object, `${container.path}.args`, `the server fetches ${model} from a branch that can change`, {
        got: revision ?? 'no revision',
        expected: `${revisionFlag} with a commit`,
      });
    }),
  ),
);

function modelOf(container: Container): string | undefined {
  const { modelFlags = [], name } = serverOf(container) ?? {};
  const words = wordsOf(container);
  const serve = words.indexOf('serve');
  const named = flagValue(container, modelFlags) ?? (name === 'vLLM' && serve !== -1 ? words[serve + 1] : undefined);
  return named !== undefined && REPOSITORY.test(named) ? named : undefined;
}
