import fc from 'fast-check';

/** Scalars on which YAML 1.1, YAML 1.2, go-yaml and JSON disagree. */
const TRICKY = [
  ...[
    '0400',
    '0644',
    '0o17',
    '0O17',
    '017',
    '08',
    '0x1F',
    '0X1f',
    '0b11',
    '0B11',
    '-0b11',
    '1_0',
    '1__0',
    '_1',
    '0_7',
    '+12',
    '-012',
    '-0',
  ],
  ...[
    '1.',
    '.5',
    '+.5',
    '-.5',
    '1e3',
    '1E+3',
    '1e999',
    '.1e999',
    '1.5e-7',
    '1_0.5',
    '12e03',
    '1e21',
    '0.1',
    '0x',
    '0b',
    '0b2',
    '0b102',
  ],
  ...[
    'y',
    'Y',
    'yes',
    'No',
    'NO',
    'n',
    'on',
    'OFF',
    'True',
    'tRue',
    'FALSE',
    '~',
    'null',
    'Null',
    'nULL',
    '',
    '190:20:30',
    '12:30',
  ],
  ...['2001-01-01', '2001-12-14t21:59:43.10-05:00', '1.2.3', '1.10', 'v1', '-', '+', '.', '..', '0', '00', '9007199254740991'],
  ...['9007199254740993', '9223372036854775807', '18446744073709551615', '-9007199254740993', '1e16', '.inf', '.nan', '=', '<<'],
  ...['!!str 12', '!!int "3"', '!!float 3', '!!bool yes', "!!null ''", '!!binary aGk=', '!custom 7', '! 12', '!!str', '!!int x'],
];

const word = fc.stringMatching(/^[-+.0-9_eExXoObBnNyYfFtT~:]{1,7}$/);
const plain = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TRICKY) },
  { weight: 2, arbitrary: word },
  fc.stringMatching(/^[a-z][a-z ]{0,8}$/),
);
const quoted = fc.oneof(
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
  plain.map((text) => `'${text.replaceAll("'", "''")}'`),
  fc.constantFrom('"a\\x41\\u0042"', '"a\\\n    b"', '"a\n\n    b"', "'it''s'"),
);
const scalar = fc.oneof({ weight: 4, arbitrary: plain }, quoted);
const key = fc.oneof({ weight: 5, arbitrary: fc.stringMatching(/^[a-d]{1,2}$/) }, plain, quoted);

/** Lines of a value, as they stand after `key:` or `-`; the first line goes behind it, the others are indented. */
interface Block {
  readonly inline?: string;
  readonly lines: readonly string[];
}

const flow: fc.Arbitrary<string> = fc.letrec<{ flow: string }>((tie) => ({
  flow: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'flow' },
    scalar,
    fc.array(tie('flow'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(key, tie('flow')), { maxLength: 3 })
      .map((entries) => `{${entries.map(([k, v]) => `${k}: ${v}`).join(', ')}}`),
  ),
})).flow;

const text = fc
  .tuple(
    fc.constantFrom('|', '>', '|-', '>-', '|+', '>+'),
    fc.array(fc.stringMatching(/^ ?[a-z#: ]{0,6}$/), { minLength: 1, maxLength: 4 }),
  )
  .map(
    ([mark, lines]): Block => ({
      inline: mark,
      lines: [`x${lines[0]}`, ...lines.slice(1)].map((line) => (line.trim() === '' ? '' : `  ${line}`)),
    }),
  );

const anchored = fc.tuple(fc.constantFrom('', '', '', '&a ', '&b '), fc.oneof(flow, fc.constantFrom('*a', '*b')));

const block: fc.Arbitrary<Block> = fc.letrec<{ block: Block; map: Block; seq: Block }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'block' },
    anchored.map(([anchor, value]) => ({ inline: value.startsWith('*') ? value : `${anchor}${value}`, lines: [] })),
    text,
    tie('map'),
    tie('seq'),
  ),
  map: fc
    .tuple(
      fc.constantFrom('', '', '&a', '&b'),
      fc.array(
        fc.oneof(
          { weight: 6, arbitrary: fc.tuple(key, tie('block')) },
          fc.constantFrom('*a', '[*a, *b]', '{a: 1, z: 2}').map((source) => ['<<', { inline: source, lines: [] }] as const),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([anchor, entries]) => ({
      ...(anchor ? { inline: anchor } : {}),
      lines: entries.flatMap(([name, value]) => put(`${name}:`, value)),
    })),
  seq: fc
    .array(tie('block'), { minLength: 1, maxLength: 3 })
    .map((items) => ({ lines: items.flatMap((item) => put('-', item)) })),
})).block;

function put(head: string, { inline, lines }: Block): string[] {
  return [inline === undefined ? head : `${head} ${inline}`, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

const comment = fc.constantFrom('', '', '# a comment\n', '\n', '  # indented\n');

/** One object with a value of any shape in `data`. */
const yaml = fc.tuple(comment, block).map(([before, value]) => {
  return `${before}apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t}\n${put('data:', value).join('\n')}\n`;
});

const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((data) => `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 't' }, data })}\n`);

const single = fc.oneof({ weight: 8, arbitrary: yaml }, json);
const list = fc.array(flow, { maxLength: 2 }).map((values) => {
  const items = values.map((value) => `- {apiVersion: v1, kind: ConfigMap, metadata: {name: t}, data: ${value}}\n`);
  return `apiVersion: v1\nkind: List\nitems:${items.length === 0 ? ' []' : ''}\n${items.join('')}`;
});

/** Files of manifests, right and wrong: one or several documents, JSON, lists, other line breaks and encodings. */
export const manifestFile: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: single },
      list,
      fc.array(single, { minLength: 2, maxLength: 3 }).map((all) => all.join('')),
      fc.array(single, { maxLength: 3 }).map((all) => all.join('---\n')),
      fc.array(single, { minLength: 1, maxLength: 2 }).map((all) => `---\n# first\n--- # second\n${all.join('...\n')}`),
    ),
    fc.constantFrom('', '', '', '', '', 'crlf', 'bom', 'utf-16'),
  )
  .map(([content, how]) => {
    if (how === 'crlf') return Buffer.from(content.replaceAll('\n', '\r\n'));
    if (how === 'bom') return Buffer.from(`\ufeff${content}`);
    return Buffer.from(how === 'utf-16' ? `\ufeff${content}` : content, how === 'utf-16' ? 'utf16le' : 'utf8');
  });
