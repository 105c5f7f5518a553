/** Money back without a bid: surrender of a token, the platform's permit, the refund claim. */

import { LENGTH } from './blindkeys.js';
import { REFUND, readDenomination } from './bondkeys.js';
import { sameBytes } from './bytes.js';
import { b64u, structure } from './encoding.js';
import { Refusal } from './errors.js';
import { Members, objectItem } from './members.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';
import { HASH_LENGTH, blindedHash, readToken, tokenJson } from './tokens.js';

const ACCOUNT_LIMIT = 64; // characters of an account number as the custodian's books write it

/** `yg/surrender/v1`, signed by the bid key: a token given up for one fresh blinded value. */
export const signSurrender = (token, newBlindedHash, key) =>
  signed(
    structure('surrender', {
      token: tokenJson(token),
      bid_pub: b64u(key.public),
      new_blinded_hash: b64u(newBlindedHash),
    }),
    key,
  );

/** The surrender of a structure: form, then signature. */
export async function readSurrender(value) {
  const given = new Members(value, 'surrender');
  const read = {
    token: readToken(given.take('token')),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    newBlindedHash: given.octets('new_blinded_hash', HASH_LENGTH),
  };
  await finish(given, value, read.bidPub);
  return read;
}

/** Refuse (`nothing-to-refund`) a token for which no money was paid. */
export function checkRefundable(surrender) {
  if (surrender.token.denomination === 0) {
    throw new Refusal(
      'nothing-to-refund',
      '准入令牌没有缴款，无款可退',
      'No money was paid for an admission token, so there is none to refund',
    );
  }
}

/** The permit that a surrender earns, not yet signed by the platform: of the same amount. */
export const permitFor = (surrender) =>
  structure('permit', {
    denomination: surrender.token.denomination,
    epoch: surrender.token.epoch,
    new_blinded_hash: b64u(surrender.newBlindedHash),
  });

/** The permit of a structure: form, then the platform's signature. */
export async function readPermit(value, platform) {
  const given = new Members(value, 'permit');
  const read = {
    denomination: readDenomination(given),
    epoch: given.epoch(),
    newBlindedHash: given.octets('new_blinded_hash', HASH_LENGTH),
  };
  await finish(given, value, platform);
  return read;
}

/** What goes to the custodian for a blind signature under the refund key. */
export const refundRequest = (permit, blinded) =>
  structure('refund-request', { permit, blinded: b64u(blinded) });

/** The permit and the blinded value it allows: `malformed`, `bad-signature`, `permit-differs`. */
export async function readRefundRequest(value, platform) {
  const given = new Members(value, 'refund-request');
  const [inner, blinded] = [objectItem(given.take('permit')), given.octets('blinded', LENGTH)];
  given.end();
  const permit = await readPermit(inner, platform);
  if (!sameBytes(blindedHash(blinded), permit.newBlindedHash)) {
    throw new Refusal(
      'permit-differs',
      '许可与盲化值不符',
      'The permit was given for another blinded value',
    );
  }
  return { permit, blinded };
}

/** `yg/refund-claim/v1`, signed by the refund token's key: which open deposit is closed. */
export const signRefundClaim = (token, deposit, account, key) =>
  signed(
    structure('refund-claim', {
      token: tokenJson(token),
      bid_pub: b64u(key.public),
      deposit: b64u(deposit),
      account,
    }),
    key,
  );

/** The claim of a structure: form, then signature. */
export async function readRefundClaim(value) {
  const given = new Members(value, 'refund-claim');
  const read = {
    token: readToken(given.take('token'), REFUND),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    deposit: given.octets('deposit', HASH_LENGTH),
    account: given.text('account', 1, ACCOUNT_LIMIT),
  };
  await finish(given, value, read.bidPub);
  return read;
}

async function finish(given, value, key) {
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  await checkSignature(value, key);
}
