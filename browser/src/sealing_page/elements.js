/** Making elements: text is only ever text, so nothing from outside can become markup. */

/**
 * An element. Properties beginning with `on` are listeners, others attributes; true is an empty
 * attribute, false, null and undefined are left out. Children are elements, text, or lists of them.
 */
export function h(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'value') made.value = value;
    else made.setAttribute(key, value === true ? '' : value);
  }
  append(made, children);
  return made;
}

/** Add children that are there; null, undefined and false are left out. */
export function append(to, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    to.append(child instanceof Node ? child : String(child));
  }
}

/** Put new children in the place of the old ones. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Two columns of facts. @param {[string, unknown][]} rows */
export const facts = (rows) =>
  h('dl', { class: 'facts' }, rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));

/** A table that scrolls by itself where it is too wide. */
export const table = (caption, heads, rows) =>
  h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', { class: 'aside' }, caption),
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, at) => (at === 0 ? h('th', { scope: 'row' }, cell) : h('td', {}, cell)))))),
    ),
  );

/** A paragraph that must be noticed. @param {'good' | 'warning' | 'refusal'} kind */
export const note = (kind, ...children) =>
  h('div', { class: `note ${kind}` }, h('span', { 'aria-hidden': 'true', class: 'sign' }, SIGNS[kind]), h('div', {}, children));

const SIGNS = { good: '✓', warning: '!', refusal: '✕' };

/** A button. @param {'first' | 'second' | 'danger'} rank */
export const button = (words, rank, onclick, more = {}) =>
  h('button', { type: 'button', class: `button ${rank === 'first' ? '' : rank}`.trim(), onclick, ...more }, words);

/**
 * A labelled field. `more` goes to the input; `hint` below the label.
 * @returns {{ box: HTMLElement, input: HTMLInputElement }}
 */
export function field(id, label, { hint, kind = 'input', options, ...more } = {}) {
  const described = hint === undefined ? null : `${id}-hint`;
  const input = h(
    kind,
    { id, name: id, 'aria-describedby': described, ...more },
    options?.map(([value, words, chosen]) => h('option', { value, selected: chosen }, words)),
  );
  if (more.value !== undefined) input.value = more.value;
  const box = h(
    'div',
    { class: 'field' },
    h('label', { class: 'label', for: id }, label),
    hint === undefined ? null : h('span', { class: 'hint', id: described }, hint),
    input,
  );
  return { box, input };
}

/**
 * One of several, each with its own circle; none is chosen at first.
 * @param {[string, string][]} options value and words
 * @returns {{ box: HTMLElement, value: () => string | null }}
 */
export function choice(name, legend, options) {
  const inputs = options.map(([value]) => h('input', { type: 'radio', id: `${name}-${value}`, name, value }));
  const box = h(
    'fieldset',
    { class: 'field' },
    h('legend', { class: 'label' }, legend),
    options.map(([value, words], at) => h('label', { class: 'pick', for: `${name}-${value}` }, inputs[at], h('span', {}, words))),
  );
  return { box, value: () => inputs.find((one) => one.checked)?.value ?? null };
}

/** The list of what is wrong, at the top, with links to the fields. */
export function summary(title, faults) {
  const made = h(
    'div',
    { class: 'summary', role: 'alert', tabindex: '-1' },
    h('h2', {}, title),
    h('ul', {}, faults.map(([target, words]) => h('li', {}, target === null ? words : h('a', { href: `#${target}`, onclick: (event) => lead(event, target) }, words)))),
  );
  return made;
}

function lead(event, target) {
  event.preventDefault();
  document.getElementById(target)?.focus();
}

/** Hand a file to the reader's disk. */
export function hand(name, raw, type = 'application/octet-stream') {
  const url = URL.createObjectURL(new Blob([raw], { type }));
  const link = h('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
