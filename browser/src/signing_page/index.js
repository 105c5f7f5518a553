/**
 * The page on which a side signs a contract: the key file is opened here, the message is made here of
 * what the page shows, and the signed statement is put into the form. Neither key file nor passphrase
 * leaves the browser. Without this script the text is signed by a program of one's own and pasted.
 */

import { Refusal } from '../errors.js';
import { beside, serve } from '../officer_page/beside.js';
import { bytesOf, isSealed, unlockOrganisation } from '../officer_page/keyfiles.js';
import { Screen } from '../officer_page/screen.js';
import { loadPrivate } from '../signing.js';
import { checkShown, readStatement, signStatement, termsHash } from './contract.js';

/** What stands on the page of each term, by its name; lists as lists. Hidden text is not shown. */
function shownOn(page) {
  const shown = new Map();
  for (const element of page.querySelectorAll('[data-term]')) {
    if (!element.checkVisibility()) continue;
    const items = element.querySelectorAll('li');
    const text = element.hasAttribute('data-list') ? [...items].map((one) => one.textContent) : element.textContent;
    shown.set(element.dataset.term, text);
  }
  return shown;
}

function begin(element) {
  const screen = new Screen(element);
  if (!screen.isAble()) return;
  const key = element.querySelector('#sign-organisation');
  const word = element.querySelector('#sign-passphrase');
  const target = document.querySelector('textarea[name=statement]');
  key.addEventListener('change', async () => {
    const sealed = key.files.length > 0 && isSealed(await bytesOf(key.files[0]));
    element.querySelector('#sign-passphrase-field').hidden = !sealed;
  });
  screen.onSend(async () => {
    const statement = readStatement(document.querySelector('[data-statement]').textContent);
    checkShown(statement, shownOn(document), document.querySelector('[data-hash]').textContent.trim());
    screen.step('signer');
    const organisation = await bytesOf(key.files[0]);
    const given = { organisation, organisationPassphrase: word.value };
    const signer = await screen.counting(beside('sign', given));
    word.value = '';
    target.value = await signStatement(statement, signer);
    target.dispatchEvent(new Event('input', { bubbles: true }));
    screen.done('signed');
    target.form.querySelector('button[type=submit]').focus();
  });
}

if (globalThis.WorkerGlobalScope !== undefined) serve(globalThis);
for (const element of globalThis.document?.querySelectorAll('[data-sign]') ?? []) begin(element);

// For programs and tests: the same acts without a page.
export { Refusal, checkShown, loadPrivate, readStatement, signStatement, termsHash, unlockOrganisation };
