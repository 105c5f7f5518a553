/** A key for a seat: the next unused one of the pool, signed for by the officer's organisation. */

import { concat, utf8 } from '../bytes.js';
import { canonical, digest } from '../encoding.js';
import { Refusal } from '../errors.js';
import { PLATFORM_PAGE, officerKey, proveOfficer } from '../officers.js';

/**
 * What the page knows of the seat.
 * @typedef {{ no: string, i: number, role: string, uscc: string, account: string }} Seat
 */

/** Refuse (`organisation-differs`) the signing key of another organisation than the seat's. */
export function checkSigner(seat, signer) {
  if (signer.uscc !== seat.uscc) {
    throw new Refusal(
      'organisation-differs',
      `这是 ${signer.name} 的签名密钥，不是席位所属单位的`,
      `This is the signing key of ${signer.name}, not of the organisation of the seat`,
    );
  }
}

/**
 * Give a key for the seat, the same one again after a lost answer; a key that another tender has
 * seen is passed over. Refused: `pool-empty`, those of the platform.
 * @param {Seat} seat @param {Map<string, string>} pool
 * @returns {Promise<string>} the recipient that was given
 */
export async function giveKey(seat, pool, signer, memory, platform) {
  checkSigner(seat, signer);
  for (const recipient of candidates(seat, pool, memory)) {
    memory.assign(seat.no, recipient);
    const statement = await stated(seat, signer, recipient, pool.get(recipient));
    try {
      await platform.post(`/api/v1/tenders/${seat.no}/officers`, statement);
      return recipient;
    } catch (cause) {
      if (!(cause instanceof Refusal) || cause.code !== 'recipient-reused') throw cause;
    }
  }
  throw new Refusal(
    'pool-empty',
    '密钥池已用完，请先生成新的密钥池',
    'Every key of the pool has served; make a new pool first',
  );
}

function candidates(seat, pool, memory) {
  const [used, assigned] = [memory.used(), memory.assigned(seat.no)];
  const fresh = [...pool.keys()].filter((recipient) => !used.has(recipient));
  return pool.has(assigned) ? [assigned, ...fresh] : fresh;
}

function stated(seat, signer, recipient, identity) {
  const named = canonical({ person: seat.account, uscc: signer.uscc });
  const personCommitment = digest(concat(saltOf(identity, seat.no), named));
  const key = { recipient, personCommitment, tool: PLATFORM_PAGE };
  return proveOfficer(officerKey(seat.no, seat.role, signer, key), signer.key);
}

/**
 * The salt behind the person's commitment follows from the secret key, so whoever holds the pool
 * can show it later and there is nothing more to keep.
 */
export const saltOf = (identity, tender) =>
  digest(utf8(`yg/officer-person-salt/v1\n${tender}\n${identity}`));
