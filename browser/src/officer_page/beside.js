/**
 * The part that works beside the page, so that the page stays answerable: what a passphrase opens or
 * closes takes seconds. The same script runs there, nothing of it leaves the browser, and with the
 * piece of work the worker ends and its memory is gone.
 */

import { Refusal } from '../errors.js';
import { newPassphrase, newPool, sealPool } from '../keypool.js';
import { unlockOrganisation, unlockPool } from './keyfiles.js';

const WORK = {
  /** A new pool in a file, and its passphrase. */
  make() {
    const [word, identities] = [newPassphrase(), newPool()];
    return { word, count: identities.length, file: sealPool(identities, word) };
  },

  /** How many keys a file holds, if the passphrase is its own. */
  count: ({ raw, passphrase }) => unlockPool(raw, passphrase).size,

  /** The organisation's signing key alone. */
  sign: ({ organisation, organisationPassphrase }) =>
    unlockOrganisation(organisation, organisationPassphrase),

  /** The pool and the organisation's signing key. */
  async unlock({ pool, passphrase, organisation, organisationPassphrase }, told) {
    told('unlocking');
    const held = unlockPool(pool, passphrase);
    told('signer');
    return { pool: held, signer: await unlockOrganisation(organisation, organisationPassphrase) };
  },
};

/** The worker's side. @param {DedicatedWorkerGlobalScope} scope */
export function serve(scope) {
  scope.onmessage = async ({ data: { work, given } }) => {
    try {
      const result = await WORK[work](given, (step) => scope.postMessage({ step }));
      scope.postMessage({ result });
    } catch (cause) {
      const { code, zh, en, status } = cause;
      const known = cause instanceof Refusal;
      scope.postMessage(known ? { refused: { code, zh, en, status } } : { broken: String(cause) });
    }
  };
}

/**
 * The page's side: have a piece of work done; `told(step)` is called as it goes on. What the work
 * refuses is refused here.
 */
export function beside(work, given = {}, told = () => undefined) {
  const worker = new Worker(import.meta.url, { type: 'module' });
  const done = new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { step, refused, broken, result } }) => {
      if (step !== undefined) told(step);
      else if (refused !== undefined) reject(new Refusal(refused.code, refused.zh, refused.en, refused.status));
      else if (broken !== undefined) reject(new Error(broken));
      else resolve(result);
    };
    worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`));
  });
  worker.postMessage({ work, given });
  return done.finally(() => worker.terminate());
}
