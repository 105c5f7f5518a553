/**
 * Bond keys: one blind-signing key for each denomination, quarter and purpose.
 *
 * Windows are fixed by the quarter, so that no key can be made special by its dates; all moments are
 * those of Beijing time (UTC+8).
 * @typedef {{ denomination: number, epoch: string, purpose: string,
 *   key: import('./blind.js').PublicKey, id: Uint8Array }} BondKey
 */

import { checkModuli, keyId, readPublic, writePublic } from './blindkeys.js';
import { sameBytes } from './bytes.js';
import { b64u, momentOf, stamp, structure } from './encoding.js';
import { Refusal, refuse } from './errors.js';
import { Members } from './members.js';
import { PUBLIC_LENGTH, checkSignature } from './signing.js';

export const BID = 'bid'; // good for one bid at a time
export const REFUND = 'refund'; // good for money back, never for a bid
export const DENOMINATIONS = [0, 500_000, 5_000_000, 20_000_000, 80_000_000]; // fen

const SPEND_QUARTERS = 4; // a key is spent in its own quarter and four more
const SUNSET_QUARTERS = 4; // refunds go on for twelve months after the last day of spending
const DAY = 86_400_000_000n; // microseconds
const OVERLAP = 30n * DAY; // a key still issues in the first 30 days of the next quarter
const BEIJING = 8n * 3_600_000_000n; // ahead of UTC
const FIRST_MOMENT = -62_135_596_800_000_000n; // of year 1 in UTC: no moment is written before
const KEY_LIST_LIMIT = 400;

/** A bond key of its parts. @returns {BondKey} */
export const bondKey = (denomination, epoch, purpose, key) =>
  ({ denomination, epoch, purpose, key, id: keyId(key) });

/** The structure `yg/bond-key/v1`. @param {BondKey} key */
export function bondKeyJson(key) {
  const times = windows(key.epoch, key.purpose);
  return structure('bond-key', {
    denomination: key.denomination,
    epoch: key.epoch,
    purpose: key.purpose,
    key: b64u(writePublic(key.key)),
    issue_from: stamp(times.issueFrom),
    issue_until: stamp(times.issueUntil),
    spend_until: stamp(times.spendUntil),
  });
}

/** The key of a structure; `malformed`, or `bad-bond-key` when it is unfit. @returns {BondKey} */
export function readBondKey(value) {
  const given = new Members(value, 'bond-key');
  const [denomination, epoch] = [readDenomination(given), given.epoch()];
  const purpose = given.choice('purpose', [BID, REFUND]);
  const key = bondKey(denomination, epoch, purpose, readPublic(given.octets('key')));
  const stated = ['issue_from', 'issue_until', 'spend_until'].map((name) => given.moment(name));
  given.end();
  const times = windows(epoch, purpose);
  const wanted = [times.issueFrom, times.issueUntil, times.spendUntil];
  if (stated.some((at, place) => at !== wanted[place])) {
    refuse('公钥的起止时间不合规则', 'The windows of the key are not those of its quarter');
  }
  return key;
}

/** One of the denominations, in fen. @param {Members} given */
export function readDenomination(given, name = 'denomination') {
  const value = given.whole(name);
  if (!DENOMINATIONS.includes(value)) refuse('没有这种面额', 'There is no such denomination');
  return value;
}

/** The published keys, each the only one of its denomination, quarter and purpose. */
export class KeyRing {
  /** `two-bond-keys`: a second key of one triple; `bad-bond-key`: a common factor. */
  constructor(keys) {
    this.keys = new Map();
    for (const key of keys) {
      const place = placeOf(key.denomination, key.epoch, key.purpose);
      if (this.keys.has(place)) {
        refuse(
          '同一面额和季度公布了两把公钥',
          'Two keys were published for one denomination, quarter and purpose',
          'two-bond-keys',
        );
      }
      this.keys.set(place, key);
    }
    checkModuli(this.all().map((key) => key.key));
  }

  /** The one key of a triple; `unknown-bond-key` without one. @returns {BondKey} */
  key(denomination, epoch, purpose) {
    const found = this.keys.get(placeOf(denomination, epoch, purpose));
    if (found === undefined) {
      throw new Refusal(
        'unknown-bond-key',
        '没有公布过这种面额和季度的公钥',
        'No key of this denomination and quarter was published',
      );
    }
    return found;
  }

  /** Every key. @returns {BondKey[]} */
  all() {
    return [...this.keys.values()];
  }
}

const placeOf = (denomination, epoch, purpose) => `${denomination}/${epoch}/${purpose}`;

/** Refuse (`bond-key-not-issuing`) outside [issueFrom, issueUntil). */
export function checkIssuing(key, at) {
  const times = windows(key.epoch, key.purpose);
  if (at < times.issueFrom || at >= times.issueUntil) {
    throw new Refusal(
      'bond-key-not-issuing',
      '此公钥现在不签发，使用当前季度的公钥',
      'This key does not issue now; use the key of the current quarter',
    );
  }
}

/** Refuse (`bond-key-expired`) outside [issueFrom, spendUntil). */
export function checkSpendable(key, at) {
  const times = windows(key.epoch, key.purpose);
  if (at < times.issueFrom || at >= times.spendUntil) {
    throw new Refusal(
      'bond-key-expired',
      '此令牌已过使用期，保证金可退回',
      'The token can no longer be used; its money can be had back',
    );
  }
}

/** The quarter of Beijing time in which a moment lies. @param {bigint} at @returns {string} */
export function epochOf(at) {
  const local = stamp(at + BEIJING);
  return `${local.slice(0, 4)}Q${Math.ceil(Number(local.slice(5, 7)) / 3)}`;
}

/** The windows of a quarter's key, from inclusive, until exclusive. */
export function windows(epoch, purpose) {
  if (!/^[0-9]{4}Q[1-4]$/.test(epoch)) {
    refuse('季度的写法不对', 'A quarter is not written as agreed');
  }
  const [issueFrom, spent] = [start(epoch, 0), start(epoch, SPEND_QUARTERS + 1)];
  if (purpose === BID) {
    return { issueFrom, issueUntil: start(epoch, 1) + OVERLAP, spendUntil: spent };
  }
  const sunset = start(epoch, SPEND_QUARTERS + 1 + SUNSET_QUARTERS);
  return { issueFrom, issueUntil: sunset, spendUntil: sunset };
}

function start(epoch, later) {
  const quarters = Number(epoch.slice(0, 4)) * 4 + Number(epoch[5]) - 1 + later;
  const year = Math.floor(quarters / 4);
  const local = new Date(0);
  local.setUTCFullYear(year, (quarters % 4) * 3, 1);
  const at = momentOf(local) - BEIJING;
  if (year > 9999 || at < FIRST_MOMENT) refuse('没有这样的季度', 'There is no such quarter');
  return at;
}

/** The custodian's keys, if this pinned signing key signed them. @returns {Promise<KeyRing>} */
export async function readCustodianKeys(value, signer) {
  const given = new Members(value, 'custodian-keys');
  if (!sameBytes(given.octets('signing_key', PUBLIC_LENGTH), signer)) {
    refuse('不是此托管方的密钥', "Not the custodian's signing key", 'bad-signature');
  }
  const keys = given.array('keys', readBondKey, 0, KEY_LIST_LIMIT);
  given.take('signature');
  given.end();
  await checkSignature(value, signer);
  return new KeyRing(keys);
}
