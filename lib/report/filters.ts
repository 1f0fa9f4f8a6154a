import { type Html, html } from './html';

/** A group of checkboxes: the available values and the initial selection. */
export interface Choice {
  /** Entries list their values in `data-<name>`, separated by spaces. */
  readonly name: string;
  readonly title: string;
  readonly values: readonly string[];
  /** Values that are initially off. @default none */
  readonly off?: readonly string[];
}

/**
 * Controls of a list: search, checkboxes, number of visible entries. They act on elements with `data-entry` in the element
 * with that ID; groups with `data-group` are hidden when none of their entries is visible.
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
