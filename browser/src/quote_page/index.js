/**
 * An agency's page for one demand: it seals the quote, signs the enrolment, keeps the receipt. The
 * price leaves this page only as ciphertext; the key file and its passphrase do not leave it at all.
 */

import { parse, unb64u } from '../encoding.js';
import { Malformed, Refusal } from '../errors.js';
import { beside, serve } from '../officer_page/beside.js';
import { bytesOf, isSealed, unlockOrganisation } from '../officer_page/keyfiles.js';
import { get, post } from '../officer_page/platform.js';
import { Screen } from '../officer_page/screen.js';
import { readTrust } from '../trust.js';
import { checkLimits, checkReceipt, fenOf, fileOf, keepersOf, makeEnrolment, schemeOf } from './enrolling.js';

/** Fields without names, so that no browser ever sends them. */
class QuoteForm {
  constructor(element) {
    this.element = element;
    this.act = element.dataset.act;
    const key = this.input('organisation');
    key.addEventListener('change', async () => {
      const sealed = key.files.length > 0 && isSealed(await bytesOf(key.files[0]));
      element.querySelector(`#${this.act}-passphrase-field`).hidden = !sealed;
    });
  }

  input(name) {
    return this.element.querySelector(`#${this.act}-${name}`);
  }

  async signer(screen) {
    screen.step('signer');
    const organisation = await bytesOf(this.input('organisation').files[0]);
    const given = { organisation, organisationPassphrase: this.input('passphrase').value };
    const held = await screen.counting(beside('sign', given));
    this.input('passphrase').value = '';
    return held;
  }

  /** The amount, checked against the notice before anything else is asked; null where none is. */
  price({ ceiling, floor }) {
    const field = this.input('price');
    if (field === null) return null;
    const fen = fenOf(field.value);
    checkLimits(fen, { ceiling: Number(ceiling), floor: floor === undefined ? null : Number(floor) });
    return fen;
  }

  /** The scheme, where the demand asks for one. */
  documents() {
    const field = this.input('scheme');
    return field === null ? [] : [schemeOf(field.files[0])];
  }
}

function keep(element, receipt) {
  const link = element.querySelector('[data-receipt]');
  link.href = URL.createObjectURL(new Blob([fileOf(receipt)], { type: 'application/json' }));
  link.closest('p').hidden = false;
}

function begin(element) {
  const screen = new Screen(element);
  if (!screen.isAble()) return;
  const { no, act } = element.dataset;
  const form = new QuoteForm(element);
  const path = `/api/v1/demands/${no}/enrolments`;
  screen.onSend(async () => {
    const fen = form.price(element.dataset);
    const documents = form.documents();
    const trust = readTrust(unb64u(element.dataset.trust));
    const signer = await form.signer(screen);
    screen.step('sealing');
    const said = await get(path);
    const made = await makeEnrolment(said, signer, trust, { fen, documents, leaving: act === 'withdraw' });
    screen.step('sending');
    const { receipt } = await post(path, { act: made.act, ciphertext: made.ciphertext, scheme: made.scheme });
    await checkReceipt(receipt, made.hash, trust);
    screen.done(act === 'withdraw' ? 'withdrawn' : 'enrolled');
    keep(element, receipt);
  });
}

if (globalThis.WorkerGlobalScope !== undefined) serve(globalThis);
for (const element of globalThis.document?.querySelectorAll('[data-quote]') ?? []) begin(element);

// For programs and tests: the same acts without a page.
export { Malformed, Refusal, checkLimits, checkReceipt, fenOf, keepersOf, makeEnrolment, parse, readTrust, schemeOf, unlockOrganisation };
