import { describe, expect, it } from 'vitest';
import { ENTRIES, publicNames } from './harness/public-api';

/** Types that users write, so that they have to know what happens when they leave something out. */
const WRITTEN =
  /(Props|Options|Settings|Placement|Toleration|Scaling|Drain|Threshold|Amounts|Selection|Facts|Policy|Script|Spec)$/;

function complaints(file: string): readonly string[] {
  return publicNames(file).flatMap(({ name, doc, members }) => [
    ...(doc === '' ? [`${name}: no docstring`] : []),
    ...members.flatMap((member) => {
      const field = `${name}.${member.name}`;
      const said = member.doc !== '' || member.inline || isTag(member.type);
      const open = member.optional && member.default === undefined && WRITTEN.test(name);
      return [...(said ? [] : [`${field}: no docstring`]), ...(open ? [`${field}: no @default`] : [])];
    }),
  ]);
}

/** One literal, or several of a union: it tells the alternatives apart, and its text says which one it is. */
const isTag = (type: string) => /^'[^']*'( \| '[^']*')*$/.test(type);

describe('docstrings', () => {
  for (const file of Object.values(ENTRIES)) {
    it(`${file}: everything public says what it is for`, () => expect(complaints(file)).toEqual([]));
  }
});
