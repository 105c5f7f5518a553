/**
 * Tokens with their secrets, in the book before they are of any use, and in the same form as in the
 * client program: a bid-key file made here is restored there, and the reverse.
 */

import { blind } from '../blind.js';
import { LENGTH } from '../blindkeys.js';
import { BID, REFUND } from '../bondkeys.js';
import { bytesNumber, concat, hex, utf8 } from '../bytes.js';
import { fresh } from '../chance.js';
import { b64u, canonical, digest, moment, parse, stamp, unb64u } from '../encoding.js';
import { Refusal, refuse } from '../errors.js';
import { Members } from '../members.js';
import { loadPrivate, privateBytes, newKey } from '../signing.js';
import { PREPARED_LENGTH, blindedHash, makeToken, prepare } from '../tokens.js';

const KIND = 'client-token';
const NAME_LENGTH = 12;
const PAID = ['PAID', 'LINKED', 'REFUNDED', 'FORFEITED'];

export const OVER = ['EXPIRED', 'RETURNED'];
export const isPaid = (held) => PAID.includes(held.state);

/** Fresh secrets of a token under a key, as the book keeps them. */
export async function newToken(key) {
  const secret = await newKey();
  const prepared = prepare(secret.public, key.purpose);
  const { blinded, inv } = blind(key.key, prepared);
  return {
    kind: KIND,
    purpose: key.purpose,
    denomination: key.denomination,
    epoch: key.epoch,
    secret: b64u(await privateBytes(secret)),
    prepared: b64u(prepared),
    blinded: b64u(blinded),
    inv: b64u(inv),
    state: null,
    code: null,
    receipt: null,
    sigma: null,
    tender: null,
    refund: null,
    permit: null,
    not_before: null,
    claim: null,
  };
}

/** How people call a token: says nothing by itself. */
export async function nameOf(held) {
  const key = await keyOf(held);
  return hex(digest(concat(utf8('client-token'), key.public))).slice(0, NAME_LENGTH);
}

/** The bid key of a token. */
export const keyOf = (held) => loadPrivate(unb64u(held.secret, 32));

/** The custodian's name of its deposit. */
export const referenceOf = (held) => b64u(blindedHash(unb64u(held.blinded, LENGTH)));

/** The finished token; `token-unfinished`. */
export function tokenOf(held) {
  if (held.sigma === null) {
    throw new Refusal('token-unfinished', '托管方尚未签发此令牌', 'The custodian has not signed this token yet');
  }
  const { denomination, epoch, purpose } = held;
  return { denomination, epoch, purpose, prepared: unb64u(held.prepared, PREPARED_LENGTH), sigma: unb64u(held.sigma, LENGTH) };
}

export const isFree = (held) => held.purpose === BID && held.sigma !== null && held.tender === null && held.refund === null;

/** The token with its signature from the custodian's answer; `bad-blind-signature` changes nothing. */
export function finished(held, key, blindSignature) {
  const made = makeToken(key, unb64u(held.prepared, PREPARED_LENGTH), blindSignature, unb64u(held.inv, LENGTH));
  return { ...held, sigma: b64u(made.sigma) };
}

/** The text that goes into a bid-key file. */
export const backupText = (held) => canonical(held);

/** The token of a bid-key file's text; `malformed` otherwise. */
export function readHeld(raw) {
  const value = parse(raw);
  const given = new Members(value);
  given.choice('kind', [KIND]);
  given.choice('purpose', [BID, REFUND]);
  given.whole('denomination');
  given.epoch();
  given.octets('secret', 32);
  given.octets('prepared', PREPARED_LENGTH);
  given.octets('blinded', LENGTH);
  given.octets('inv', LENGTH);
  for (const name of ['state', 'code', 'tender', 'refund']) given.maybe(name, (one) => given.text(one));
  given.maybe('sigma', (one) => given.octets(one, LENGTH));
  given.maybe('not_before', (one) => moment(given.text(one)));
  for (const name of ['receipt', 'permit', 'claim']) given.take(name);
  given.end();
  return value;
}

/** The token of a tender, else a free one of this amount, the oldest first; `no-free-token`. */
export function tokenFor(tokens, tender, denomination) {
  const all = Object.entries(tokens);
  const own = all.find(([, held]) => held.tender === tender && held.refund === null && held.purpose === BID);
  if (own !== undefined) return own[0];
  const free = all.filter(([, held]) => isFree(held) && held.denomination === denomination);
  if (free.length === 0) {
    throw new Refusal('no-free-token', '没有此面额的可用令牌，先在“保证金”一步存缴', 'There is no free token of this amount; pay a bond in the step “Bond” first');
  }
  return free.sort(([, a], [, b]) => (a.epoch < b.epoch ? -1 : 1))[0][0];
}

const [SOONEST, LATEST] = [6n * 3_600_000_000n, 48n * 3_600_000_000n]; // microseconds

/** A moment 6 to 48 hours on, by chance: a claim at once would point at its surrender. */
export function laterThan(now) {
  const span = (LATEST - SOONEST) / 1_000_000n;
  return stamp(now + SOONEST + (bytesNumber(fresh(8)) % (span + 1n)) * 1_000_000n);
}

/** Refuse (`malformed`) anything that is no receipt of this very deposit by a pinned custodian. */
export function readDeposit(value, reference) {
  const given = new Members(value, 'deposit-receipt');
  const deposit = given.inner('deposit', 'deposit');
  if (deposit.text('h_blinded') !== reference) {
    refuse('存缴回执属于另一笔存款', 'The receipt is of another deposit', 'wrong-deposit');
  }
  given.octets('salt', 32);
  given.octets('signature', 64);
  given.end();
}
