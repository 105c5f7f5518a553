/** Amendments of a tender's documents, and which bids outlive them. */

import { AMENDMENT_LIMIT, HASH_LENGTH } from './binding.js';
import { sameBytes } from './bytes.js';
import { b64u, stamp, structure } from './encoding.js';
import { refuse } from './errors.js';
import { Members } from './members.js';

export const EXPLAINS = 'explains';
export const REQUIRES_NEW = 'requires-new';

/** The structure `yg/amendment/v1`. */
export const amendmentJson = (amendment) =>
  structure('amendment', {
    tender: amendment.tender,
    version: amendment.version,
    effect: amendment.effect,
    text_hash: b64u(amendment.textHash),
    manifest_hash: b64u(amendment.manifestHash),
    deadline: stamp(amendment.deadline),
  });

/** The amendment of a structure; `malformed` otherwise. */
export function readAmendment(value) {
  const given = new Members(value, 'amendment');
  const read = {
    tender: given.tender(),
    version: given.whole('version', 1, AMENDMENT_LIMIT),
    effect: given.choice('effect', [EXPLAINS, REQUIRES_NEW]),
    textHash: given.octets('text_hash', HASH_LENGTH),
    manifestHash: given.octets('manifest_hash', HASH_LENGTH),
    deadline: given.moment('deadline'),
  };
  given.end();
  return read;
}

/** Refuse (`bad-amendment`) a history that changes what it may not. */
export function checkHistory(manifestHash, amendments) {
  let [manifest, deadline] = [manifestHash, null];
  amendments.forEach((amendment, at) => {
    const renewed = amendment.effect === REQUIRES_NEW;
    const sound =
      amendment.version === at + 1 &&
      (renewed || sameBytes(amendment.manifestHash, manifest)) &&
      (!renewed || deadline === null || amendment.deadline >= deadline);
    if (!sound) {
      refuse(
        '更正不合规则：版本不连续，或擅自更换开标清单、提前截止',
        'The amendments break the rule: a version, the manifest or the deadline is not allowed',
        'bad-amendment',
      );
    }
    manifest = amendment.manifestHash;
    deadline = amendment.deadline;
  });
}

/** Whether a bid made under version `madeAt` still stands after all these amendments. */
export const stands = (madeAt, amendments) =>
  !amendments.some((one) => one.version > madeAt && one.effect === REQUIRES_NEW);
