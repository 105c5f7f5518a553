/** A pool of keys in one click: made here, saved as a file, opened once to see that it opens. */

import { newPassphrase, newPool, sealPool } from '../keypool.js';
import { bytesOf, unlockPool } from './keyfiles.js';
import { painted } from './screen.js';

/** Wire the page that makes keys. @param {HTMLElement} element @param {import('./screen.js').Screen} screen */
export function makeKeys(element, screen) {
  const shown = element.querySelector('[data-made]');
  screen.onSend(async () => {
    screen.step('making');
    await painted();
    const [word, identities] = [newPassphrase(), newPool()];
    const file = sealPool(identities, word);
    const link = shown.querySelector('a');
    link.href = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }));
    shown.querySelector('[data-passphrase]').textContent = word;
    screen.done('made', [identities.length]);
    shown.hidden = false;
    shown.querySelector('h2').focus();
    link.click();
  });
  trial(element.querySelector('[data-trial]'), screen);
}

/** The saved file and the written passphrase, tried together before anybody relies on them. */
function trial(form, screen) {
  const said = form.querySelector('[data-said]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    said.textContent = screen.say('unlocking');
    await painted();
    try {
      const pool = unlockPool(await bytesOf(form.querySelector('#tried').files[0]), form.querySelector('#typed').value);
      said.textContent = screen.say('tried', [pool.size]);
    } catch (cause) {
      said.textContent = cause.words?.(screen.language) ?? screen.words.broken;
    }
  });
}
