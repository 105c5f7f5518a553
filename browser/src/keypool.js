/** An officer's pool of sealing keys: one file under a generated passphrase, one key per tender. */

import { WORK_FACTOR, checkRecipient, newIdentity, readPassphrase, recipientOf, writePassphrase } from './age.js';
import { HASH_LENGTH } from './binding.js';
import { utf8 } from './bytes.js';
import { fresh } from './chance.js';
import { b64u, structure } from './encoding.js';
import { refuse } from './errors.js';
import { Members, textItem } from './members.js';
import { ROLES, readOrganisation } from './officers.js';
import { SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';

export const POOL_SIZE = 200; // keys made at a time

const POOL_LIMIT = 1000;
const WARNING = [
  '# 阳光交易平台 开标密钥池：任何人（包括客服）都无权索要此文件',
  '# Yangguang officer key pool: nobody, support staff included, may ask for this file',
];
const SIGNS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A generated passphrase of 100 bits: five groups of four signs. Draws 20 bytes. */
export const newPassphrase = (chance = fresh) =>
  Array.from(chance(20), (byte, at) => (at > 0 && at % 4 === 0 ? '-' : '') + SIGNS[byte & 31]).join('');

/** So many fresh identities. Draws 32 bytes for each. @returns {string[]} */
export const newPool = (count = POOL_SIZE, chance = fresh) =>
  Array.from({ length: count }, () => newIdentity(chance).identity);

/** The pool's file: two lines of warning, then an identity on each line. */
export const sealPool = (identities, passphrase, { work = WORK_FACTOR, chance = fresh } = {}) =>
  writePassphrase(passphrase, utf8(`${[...WARNING, ...identities].join('\n')}\n`), { work, chance });

/** The identities of a pool's file; lines that begin with # and empty lines are passed over. */
export function openPool(file, passphrase) {
  const raw = readPassphrase(passphrase, file);
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    refuse('密钥池文件内容不对', 'The file is not a pool of keys');
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  lines.forEach(recipientOf);
  return lines;
}

/** The public half `yg/key-pool/v1`, signed by the organisation's key. */
export const signKeyPool = (pool, key) =>
  signed(
    structure('key-pool', {
      role: pool.role,
      organisation: { name: pool.organisation.name, uscc: pool.organisation.uscc },
      person_commitment: b64u(pool.personCommitment),
      recipients: [...pool.recipients],
    }),
    key,
  );

/** The pool of a structure: form (`malformed`, `bad-key-text`), then signature. */
export async function readKeyPool(value, key) {
  const given = new Members(value, 'key-pool');
  const pool = {
    role: given.choice('role', ROLES),
    organisation: readOrganisation(given.inner('organisation')),
    personCommitment: given.octets('person_commitment', HASH_LENGTH),
    recipients: given.array('recipients', readRecipient, 1, POOL_LIMIT),
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  if (new Set(pool.recipients).size !== pool.recipients.length) {
    refuse('密钥池中有重复的密钥', 'A key stands twice in the pool');
  }
  await checkSignature(value, key);
  return pool;
}

function readRecipient(item) {
  const text = textItem(item);
  checkRecipient(text);
  return text;
}
