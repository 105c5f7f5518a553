/** A pool of keys in one click: made here, saved as a file, opened once to see that it opens. */

import { beside } from './beside.js';
import { bytesOf } from './keyfiles.js';

/** Wire the page that makes keys. @param {HTMLElement} element @param {import('./screen.js').Screen} screen */
export function makeKeys(element, screen) {
  const shown = element.querySelector('[data-made]');
  screen.onSend(async () => {
    screen.step('making');
    const { word, count, file } = await screen.counting(beside('make'));
    const link = shown.querySelector('a');
    link.href = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }));
    shown.querySelector('[data-passphrase]').textContent = word;
    screen.done('made', [count]);
    shown.hidden = false;
    shown.querySelector('h2').focus();
    link.click();
  });
  trial(element.querySelector('[data-trial]'), screen);
}

/** The saved file and the written passphrase, tried together before anybody relies on them. */
function trial(form, screen) {
  const said = form.querySelector('[data-said]');
  const button = form.querySelector('button');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    said.textContent = screen.say('unlocking');
    button.disabled = true;
    try {
      const raw = await bytesOf(form.querySelector('#tried').files[0]);
      const passphrase = form.querySelector('#typed').value;
      said.textContent = screen.say('tried', [await beside('count', { raw, passphrase })]);
    } catch (cause) {
      said.textContent = cause.words?.(screen.language) ?? screen.words.broken;
    }
    button.disabled = false;
  });
}
