/** Script of every page: filters lists, folds sections, and unfolds them for printing. Without it, a page shows everything. */
export const SCRIPT = `'use strict';
for (const panel of document.querySelectorAll('[data-filter]')) {
  const list = document.getElementById(panel.dataset.filter);
  const entries = [...list.querySelectorAll('[data-entry]')].map(element => ({ element, text: element.textContent.toLowerCase() }));
  const groups = [...list.querySelectorAll('[data-group]')].map(element => ({ element, own: [...element.querySelectorAll('[data-entry]')] }));
  const words = panel.querySelector('input[type=search]'), output = panel.querySelector('output');
  const choices = [...panel.querySelectorAll('[data-choice]')];
  const show = () => {
    const wanted = words.value.toLowerCase().split(' ').filter(Boolean);
    const ticked = choices.map(choice => [choice.dataset.choice, new Set([...choice.querySelectorAll(':checked')].map(box => box.value))]);
    let shown = 0;
    for (const { element, text } of entries) {
      const fits = wanted.every(word => text.includes(word)) &&
        ticked.every(([name, values]) => element.dataset[name].split(' ').some(value => values.has(value)));
      element.hidden = !fits;
      if (fits) shown++;
    }
    for (const { element, own } of groups) {
      element.hidden = own.every(one => one.hidden);
      if (wanted.length > 0 && !element.hidden && element.localName === 'details') element.open = true;
    }
    output.textContent = shown + ' of ' + entries.length + ' shown';
  };
  panel.addEventListener('input', show);
  panel.addEventListener('change', show);
  panel.addEventListener('click', ({ target }) => {
    const { fold } = target.dataset;
    if (fold) for (const one of list.querySelectorAll('details')) one.open = fold === 'open';
  });
  show();
}
addEventListener('beforeprint', () => { for (const one of document.querySelectorAll('details')) one.open = true; });
`;
