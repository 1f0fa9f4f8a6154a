import { flagValue, hubModelOf, serverOf } from '../inventory/servers';
import { type Found, type Rule, rule, say } from '../model/rule';

/** A server that fetches a model from the hub by branch: two of its pods can serve different models. */
export const revisionNotPinned: Rule = rule('REVISION_NOT_PINNED', 'warning', 'Name a commit of 40 digits.', ({ workloads }) =>
  workloads.flatMap(({ object, containers, part }) =>
    containers.flatMap((container): readonly Found[] => {
      const { revisionFlag } = serverOf(container) ?? {};
      const model = hubModelOf(container);
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
