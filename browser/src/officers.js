/**
 * The officers of a manifest: whose organisation signed for which sealing key.
 *
 * An officer's sealing key counts only with the proof of its organisation, over this tender, so that
 * nobody can invent officers. A stand-in holds the same share in a sealed copy of its own.
 * @typedef {{ recipient: string, personCommitment: Uint8Array, tool: string, proof: Uint8Array }} SealingKey
 * @typedef {{ role: string, organisation: { name: string, uscc: string }, orgKeyId: string,
 *   key: SealingKey, standIn: SealingKey | null }} Seat
 */

import { checkRecipient } from './age.js';
import { HASH_LENGTH } from './binding.js';
import { b64u, structure, unb64u } from './encoding.js';
import { Malformed, Refusal } from './errors.js';
import { Members } from './members.js';
import { SIGNATURE_LENGTH, checkSignature, keyId, signed } from './signing.js';

export const ROLES = ['owner', 'agent', 'operator', 'centre', 'supervisor', 'notary', 'witness'];
export const TOOLS = ['client', 'organisation-page', 'platform-page'];
export const PLATFORM_PAGE = 'platform-page';

/** The officer's sealing key, then the stand-in's. @param {Seat} seat @returns {SealingKey[]} */
export const keysOf = (seat) => (seat.standIn === null ? [seat.key] : [seat.key, seat.standIn]);

/** To whom a seat's share is sealed, in this order. @param {Seat} seat @returns {string[]} */
export const recipientsOf = (seat) => keysOf(seat).map((key) => key.recipient);

/** What an organisation signs for a sealing key: `yg/officer-key/v1`, without its signature. */
export const officerKey = (tender, role, organisation, key, standIn = false) =>
  structure('officer-key', {
    tender,
    role,
    organisation: { name: organisation.name, uscc: organisation.uscc },
    recipient: key.recipient,
    person_commitment: b64u(key.personCommitment),
    tool: key.tool,
    stand_in: standIn,
  });

/** The statement signed by the organisation's key; its `signature` is the manifest's `proof`. */
export const proveOfficer = (statement, key) => signed(statement, key);

/**
 * Refuse a seat that its organisation did not sign for. `registered` maps key ids to
 * `{ uscc, public }`. Refused: `unknown-organisation-key`, `organisation-differs`,
 * `bad-officer-proof`.
 */
export async function checkSeat(tender, seat, registered) {
  const key = registered.get(seat.orgKeyId);
  const { name, uscc } = seat.organisation;
  if (key === undefined || keyId(key.public) !== seat.orgKeyId) {
    throw new Refusal(
      'unknown-organisation-key',
      `没有登记过 ${name} 的这把签名密钥`,
      `No such signing key of ${name} is registered`,
    );
  }
  if (key.uscc !== uscc) {
    throw new Refusal(
      'organisation-differs',
      '签名密钥属于另一家单位',
      'The signing key belongs to another organisation',
    );
  }
  for (const held of keysOf(seat)) {
    const stated = officerKey(tender, seat.role, seat.organisation, held, held === seat.standIn);
    try {
      await checkSignature({ ...stated, signature: b64u(held.proof) }, key.public);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      throw new Malformed(
        'bad-officer-proof',
        `${name} 没有为此密钥签名`,
        `${name} did not sign for this sealing key`,
      );
    }
  }
}

/** One officer as it stands in a manifest. @param {Seat} seat */
export const seatJson = (seat) => ({
  role: seat.role,
  organisation: { name: seat.organisation.name, uscc: seat.organisation.uscc },
  org_key_id: seat.orgKeyId,
  ...sealingKeyJson(seat.key),
  stand_in: seat.standIn === null ? null : sealingKeyJson(seat.standIn),
});

/** One officer of a manifest; `malformed` or `bad-key-text` otherwise. @returns {Seat} */
export function readSeat(item) {
  const given = new Members(item);
  const role = given.choice('role', ROLES);
  const organisation = readOrganisation(given.inner('organisation'));
  const orgKeyId = b64u(unb64u(given.text('org_key_id'), HASH_LENGTH));
  const key = readSealingKey(given);
  const standIn = given.maybe('stand_in', (name) => {
    const inner = given.inner(name);
    const read = readSealingKey(inner);
    inner.end();
    return read;
  });
  given.end();
  return { role, organisation, orgKeyId, key, standIn };
}

/** Name and credit code of an organisation. @param {Members} given */
export function readOrganisation(given) {
  const organisation = { name: given.text('name'), uscc: given.uscc() };
  given.end();
  return organisation;
}

const sealingKeyJson = (key) => ({
  recipient: key.recipient,
  person_commitment: b64u(key.personCommitment),
  tool: key.tool,
  proof: b64u(key.proof),
});

function readSealingKey(given) {
  const recipient = given.text('recipient');
  checkRecipient(recipient);
  return {
    recipient,
    personCommitment: given.octets('person_commitment', HASH_LENGTH),
    tool: given.choice('tool', TOOLS),
    proof: given.octets('proof', SIGNATURE_LENGTH),
  };
}
