import { createHash } from 'node:crypto';
import { type Html, html, Html as Raw } from './html';
import { SCRIPT } from './script';
import { STYLE } from './style';

/** A section of a page, linked at the top. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
// Even if a value escaped the escaping, a browser would neither run it nor fetch anything for it.
const POLICY = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'`;

/** Renders a self-contained HTML page: no network, no other files. The same input gives the same bytes. */
export function page(title: string, lead: Html, sections: readonly Section[]): string {
  const links = sections.map(({ id, title: name }) => html`<a href="#${id}">${name}</a> `);
  const parts = sections.map(
    ({ id, title: name, body }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${name}</h2>
${body}</section>
`,
  );
  const text = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${new Raw(STYLE)}</style></head>
<body><header><h1>${title}</h1>
${lead}${sections.length > 1 && html`<nav aria-label="Sections">${links}</nav>`}</header>
<main>
${parts}</main><script>${new Raw(SCRIPT)}</script></body></html>
`;
  return text.toString();
}
