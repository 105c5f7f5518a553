/** The files an officer chooses: the pool of sealing keys, the organisation's signing key. */

import { readPassphrase, recipientOf } from '../age.js';
import { parse } from '../encoding.js';
import { Refusal } from '../errors.js';
import { openPool } from '../keypool.js';
import { Members } from '../members.js';
import { loadPrivate } from '../signing.js';

const FILE_LIMIT = 1024 * 1024; // bytes
const AGE = 'age-encryption.org/v1';

/** The bytes of a chosen file; `no-file`, `not-a-key-file`. @param {File | undefined} file */
export async function bytesOf(file) {
  if (file === undefined) throw new Refusal('no-file', '请选择文件', 'Choose the file');
  if (file.size > FILE_LIMIT) throw notAKeyFile();
  return new Uint8Array(await file.arrayBuffer());
}

/** Whether the bytes are an age file. @param {Uint8Array} raw */
export const isSealed = (raw) =>
  String.fromCharCode(...raw.subarray(0, AGE.length)) === AGE;

/**
 * The identities of a pool by recipient, in their order. A wrong passphrase is `wrong-passphrase`.
 * @returns {Map<string, string>}
 */
export function unlockPool(raw, passphrase) {
  if (!isSealed(raw)) throw notAKeyFile();
  const identities = passphraseRefused(() => openPool(raw, tidy(passphrase)));
  return new Map(identities.map((identity) => [recipientOf(identity), identity]));
}

/** Whose signing key a file holds, and the key. @returns {Promise<{ uscc: string, name: string, key: object }>} */
export async function unlockOrganisation(raw, passphrase) {
  const open = () => readPassphrase(tidy(passphrase), raw);
  const text = isSealed(raw) ? passphraseRefused(open) : raw;
  let given;
  try {
    given = new Members(parse(text));
    given.choice('kind', ['organisation-secret']);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw notAKeyFile();
  }
  const held = { uscc: given.uscc(), name: given.text('name') };
  const key = await loadPrivate(given.octets('secret', 32));
  given.end();
  return { ...held, key };
}

/** Generated passphrases have small letters and hyphens: blanks and capitals are slips of the hand. */
const tidy = (passphrase) => {
  const packed = passphrase.trim().toLowerCase().replaceAll(/[\s-]/g, '');
  return /^[0-9a-hjkmnp-tv-z]{20}$/.test(packed) ? packed.match(/.{4}/g).join('-') : passphrase;
};

function passphraseRefused(open) {
  try {
    return open();
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code !== 'sealed-key') throw cause;
    throw new Refusal(
      'wrong-passphrase',
      '口令不对，或不是这个文件的口令',
      'The passphrase is not the one of this file',
    );
  }
}

const notAKeyFile = () =>
  new Refusal('not-a-key-file', '这不是密钥文件，请另选', 'This is no such key file; choose another');
