import { type Html, html } from './html';

/** A group of checkboxes: what may be looked at, and what is to begin with. */
export interface Choice {
  /** Entries name the values they have in `data-<name>`, separated by spaces. */
  readonly name: string;
  readonly title: string;
  readonly values: readonly string[];
  /** Not ticked to begin with. @default none */
  readonly off?: readonly string[];
}

/**
 * The controls of a list: words to look for, checkboxes, how many entries are left. They act on what has `data-entry` in the element
 * of that id; groups with `data-group` go when none of their entries is left.
 */
export function filters(target: string, example: string, choices: readonly Choice[], folds = false): Html {
  const boxes = choices.map(
    ({ name, title, values, off = [] }) => html`<fieldset data-choice="${name}"><legend>${title}</legend>${values.map(
      (value) => html`<label><input type="checkbox" value="${value}"${!off.includes(value) && html` checked`}> ${value}</label> `,
    )}</fieldset>
`,
  );
  const buttons = html`<button type="button" data-fold="open">Unfold all</button> <button type="button" data-fold="close">Fold all</button>`;
  return html`<div class="filters" role="search" aria-label="Filter" data-filter="${target}">
<label class="words">Filter <input type="search" placeholder="${example}"></label>
${boxes}<div class="folds">${folds && buttons} <output></output></div></div>
`;
}
