import { type Found, rule, say } from '../model/rule';

/** Kinds with names that their controller uses in labels or host names. */
const LIMITS: Readonly<Record<string, number>> = { Job: 63, CronJob: 52, StatefulSet: 52, Service: 63, Namespace: 63 };

/** Names that are too long for the labels and names derived from them. */
export const nameTooLong = rule(
  'NAME_TOO_LONG',
  'error',
  'Shorten the name; names are also labels and host names.',
  ({ objects }) =>
    objects.flatMap((object): readonly Found[] => {
      const limit = LIMITS[object.kind] ?? 253;
      const { name } = object.metadata;
      if (name.length <= limit) return [];
      return say(object, 'metadata.name', 'the name is too long', {
        got: `${name.length} characters`,
        expected: `at most ${limit}`,
      });
    }),
);
