/**
 * The officer's page: keys made, a key given, the rehearsal and the opening, all in this browser.
 * No file and no passphrase leaves it; the platform gets signed statements and opened shares alone.
 */

import { unb64u } from '../encoding.js';
import { Refusal } from '../errors.js';
import { readTrust } from '../trust.js';
import { beside, serve } from './beside.js';
import { makeKeys } from './keys.js';
import { bytesOf, isSealed, unlockOrganisation, unlockPool } from './keyfiles.js';
import { Memory } from './memory.js';
import { openRound, sheetOf } from './opening.js';
import * as platform from './platform.js';
import { rehearse } from './rehearsal.js';
import { Screen } from './screen.js';
import { giveKey } from './seat.js';

const PAUSE = 2000; // milliseconds between two looks for the next round
const LATER = ['not-witnessed', 'no-line', 'not-collecting'];

/** Files and passphrases as chosen: the pool, the organisation's key, the officer's memory. */
async function unlocked(screen, seat, form) {
  screen.step('reading');
  const given = {
    pool: await bytesOf(form.file('pool')),
    passphrase: form.text('passphrase'),
    organisation: await bytesOf(form.file('organisation')),
    organisationPassphrase: form.text('organisation-passphrase'),
  };
  const opened = beside('unlock', given, (step) => screen.step(step));
  const { pool, signer } = await screen.counting(opened);
  form.forget();
  return { pool, signer, memory: new Memory(localStorage, seat.account) };
}

const acts = {
  async key(screen, seat, { pool, signer, memory }) {
    screen.step('sending');
    await giveKey(seat, pool, signer, memory, platform);
    screen.done('given');
  },

  async rehearse(screen, seat, { pool, signer }) {
    screen.step('sending');
    const answer = await rehearse(seat, pool, signer, platform);
    screen.done('rehearsed', [answer.rehearsed, answer.officers]);
  },

  /** Round after round with one passphrase, until the last is over. */
  async open(screen, seat, { pool, signer, memory }) {
    const trust = readTrust(unb64u(seat.trust));
    memory.refuseOtherTrust(trust.hash);
    for (let last = 0; ; ) {
      const sheet = await patiently(screen, () => sheetOf(seat, trust, memory, platform));
      if (sheet.state === 'done' || sheet.state === 'failed') {
        screen.done(sheet.state === 'done' ? 'opened' : 'ended');
        return;
      }
      if (sheet.state === 'collecting' && sheet.round > last) {
        screen.step('opening', [sheet.round]);
        const told = (done, whole) => screen.progress(done, whole);
        const answer = await openRound(seat, sheet, pool, signer, memory, platform, told);
        last = sheet.round;
        screen.posted(sheet.round, answer);
      }
      screen.waits();
      await new Promise((go) => setTimeout(go, PAUSE));
    }
  },
};

/** Try until the platform is ready; what it says meanwhile is shown. */
async function patiently(screen, look) {
  for (;;) {
    try {
      return await look();
    } catch (cause) {
      if (!(cause instanceof Refusal) || !LATER.includes(cause.code)) throw cause;
      screen.waits(cause);
      await new Promise((go) => setTimeout(go, PAUSE));
    }
  }
}

/** The form of a seat: fields without names, so that no browser ever sends them. */
class SeatForm {
  constructor(element) {
    this.element = element;
    const key = this.input('organisation');
    key.addEventListener('change', async () => {
      const sealed = key.files.length > 0 && isSealed(await bytesOf(key.files[0]));
      element.querySelector('#organisation-passphrase-field').hidden = !sealed;
    });
  }

  input(name) {
    return this.element.querySelector(`#${name}`);
  }

  file(name) {
    return this.input(name).files[0];
  }

  text(name) {
    return this.input(name).value;
  }

  /** Passphrases leave the page as soon as they have served. */
  forget() {
    for (const name of ['passphrase', 'organisation-passphrase']) this.input(name).value = '';
  }
}

function begin(element) {
  const screen = new Screen(element);
  if (!screen.isAble()) return;
  if (element.dataset.act === 'keys') {
    makeKeys(element, screen);
    return;
  }
  const { no, i, role, uscc, account, trust, act } = element.dataset;
  const [seat, form] = [{ no, i: Number(i), role, uscc, account, trust }, new SeatForm(element)];
  screen.onSend(async () => acts[act](screen, seat, await unlocked(screen, seat, form)));
}

if (globalThis.WorkerGlobalScope !== undefined) serve(globalThis);
for (const element of globalThis.document?.querySelectorAll('[data-officer]') ?? []) begin(element);

// For programs and tests: the same acts without a page.
export { Memory, giveKey, openRound, readTrust, rehearse, sheetOf, unlockOrganisation, unlockPool };

