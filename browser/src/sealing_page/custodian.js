/**
 * What the page says to the custodian: as the organisation, about money, naming no tender. The
 * password is used once and kept nowhere; the answer to it stays in this page's memory.
 */

import { BID, REFUND } from '../bondkeys.js';
import { b64u, canonical, moment, parse, unb64u } from '../encoding.js';
import { Malformed, Refusal } from '../errors.js';
import { checkSignature } from '../signing.js';
import { checkRefundable, readPermit, refundRequest, signRefundClaim, signSurrender } from '../surrender.js';
import { blindedHash } from '../tokens.js';
import { LENGTH } from '../blindkeys.js';
import { answerOf } from './answering.js';
import { bondKeys } from './terms.js';
import * as wallet from './wallet.js';
import { Line, jsonOf } from './wire.js';

const UNDECIDED = 500; // from this status on nobody knows what the host did

/** Sign in with what the bank gave; the signed-in line. */
export async function signIn(origin, uscc, password) {
  const { token } = jsonOf(await new Line(origin).post('/sign-in', canonical({ uscc, password })));
  return new Line(origin, { bearer: String(token) });
}

/**
 * Order a token's deposit, or hear how its order stands; the same value, the same order. The token
 * is finished once it is signed. @returns {{ held: object, order: object }}
 */
export async function ordered(line, held, keys, trust) {
  const reference = wallet.referenceOf(held);
  const { denomination, epoch, blinded } = held;
  const order = jsonOf(
    held.state === null
      ? await line.post('/deposits', canonical({ denomination, epoch, blinded }))
      : await line.get(`/deposits/${reference}`),
  );
  if (order.reference !== reference) {
    throw new Malformed('wrong-deposit', '托管方答复了另一张缴款单', 'The custodian answered about another order');
  }
  let known = { ...held, state: String(order.state), code: String(order.code) };
  if (wallet.isPaid(known) && known.sigma === null && typeof order.blind_signature === 'string') {
    await checkReceiptOf(order.receipt, reference, trust);
    const key = keys.key(denomination, epoch, held.purpose);
    known = { ...wallet.finished(known, key, unb64u(order.blind_signature, LENGTH)), receipt: order.receipt };
  }
  return { held: known, order };
}

async function checkReceiptOf(receipt, reference, trust) {
  if (receipt === null || typeof receipt !== 'object') {
    throw new Malformed('no-deposit-receipt', '托管方没有给出存缴回执', 'The custodian gave no receipt of the deposit');
  }
  wallet.readDeposit(receipt, reference);
  await signedByOne(receipt, trust.custodians);
}

async function signedByOne(value, publics) {
  for (const [at, key] of publics.entries()) {
    try {
      await checkSignature(value, key);
      return;
    } catch (cause) {
      if (!(cause instanceof Refusal) || at === publics.length - 1) throw cause;
    }
  }
  throw new Malformed('bad-signature', '信任文件中没有托管方的密钥', 'The trust file pins no custodian');
}

/** The picture of a payment order, for e-banking. */
export const picture = async (line, held) => (await line.get(`/deposits/${wallet.referenceOf(held)}/qr.svg`)).raw;

/**
 * What the custodian attests of the crowd of an amount: true, false, or null where its newest
 * report does not say it. The report is signed.
 */
export async function crowdOf(origin, denomination, epoch, trust) {
  for (const quarter of [epoch, before(epoch)]) {
    try {
      const report = parse((await new Line(origin).get(`/reports/${quarter}`)).raw);
      await signedByOne(report, trust.custodians);
      const found = (report.keys ?? []).filter((one) => one.denomination === denomination);
      if (found.length > 0) return { holds: found.some((one) => one.crowd === true), epoch: quarter };
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
    }
  }
  return null;
}

function before(epoch) {
  const [year, quarter] = [Number(epoch.slice(0, 4)), Number(epoch[5])];
  return quarter > 1 ? `${year}Q${quarter - 1}` : `${year - 1}Q4`;
}

/**
 * Give a token up for a refund token; called again it goes on where it stopped. Every step is in the
 * book before the next one leaves this machine; `inv` of the given-up token goes nowhere.
 */
export async function giveUp({ book, record, anonymous, custodian }, name) {
  const { tokens } = book.pages;
  const keys = await bondKeys(record);
  let held = tokens[name];
  checkRefundable({ token: wallet.tokenOf(held) });
  if (held.refund === null) {
    const made = await wallet.newToken(keys.key(held.denomination, held.epoch, REFUND));
    const fresh = await wallet.nameOf(made);
    tokens[fresh] = made;
    held = tokens[name] = { ...held, refund: fresh };
    await book.save();
  }
  const other = held.refund;
  if (tokens[other].permit === null) {
    try {
      tokens[other] = await permitted({ record, anonymous }, held, tokens[other]);
    } catch (cause) {
      if (cause instanceof Refusal && cause.status < UNDECIDED) {
        delete tokens[other]; // nothing was done: the token serves on
        tokens[name] = { ...held, refund: null };
        await book.save();
      }
      throw cause;
    }
    await book.save();
  }
  if (tokens[other].sigma === null) {
    const asked = canonical(refundRequest(tokens[other].permit, unb64u(tokens[other].blinded, LENGTH)));
    const { blind_signature: signature } = jsonOf(await new Line(custodian).post('/refund-tokens', asked));
    const key = keys.key(held.denomination, held.epoch, REFUND);
    tokens[other] = wallet.finished(tokens[other], key, unb64u(String(signature), LENGTH));
    await book.save();
  }
  return other;
}

async function permitted({ record, anonymous }, held, made) {
  const wanted = blindedHash(unb64u(made.blinded, LENGTH));
  const raw = canonical(await signSurrender(wallet.tokenOf(held), wanted, await wallet.keyOf(held)));
  const permit = answerOf((await new Line(anonymous).post('/api/v1/surrenders', raw)).raw);
  const read = await readPermit(permit, await record.platformKey('platform'));
  const same = read.denomination === held.denomination && read.epoch === held.epoch;
  if (!same || b64u(read.newBlindedHash) !== b64u(wanted)) {
    throw new Refusal('permit-differs', '许可与交回的令牌不符', 'The permit is for something else');
  }
  return { ...made, permit, not_before: wallet.laterThan(record.now) };
}

/** Show a refund token and close one of the holder's own open deposits; `too-early`. */
export async function refund({ book, record }, line, name, account, atOnce) {
  const { tokens } = book.pages;
  const held = tokens[name];
  if (!atOnce && held.not_before !== null && record.now < moment(held.not_before)) {
    throw new Refusal(
      'too-early',
      `为不暴露关联，${held.not_before} 之后再退款`,
      `So that nothing points at the surrender, claim after ${held.not_before}`,
    );
  }
  let { claim } = held;
  if (claim === null) {
    const { items } = jsonOf(await line.get('/deposits'));
    const deposit = openDeposit(tokens, name, Array.isArray(items) ? items : []);
    claim = await signRefundClaim(wallet.tokenOf(held), unb64u(deposit, 32), account, await wallet.keyOf(held));
    tokens[name] = { ...held, claim };
    await book.save();
  }
  try {
    const answer = jsonOf(await line.post('/refunds', canonical({ claim, deposit: claim.deposit })));
    tokens[name] = { ...tokens[name], state: String(answer.state) };
    await book.save();
    return answer;
  } catch (cause) {
    if (cause.status < UNDECIDED) {
      tokens[name] = { ...tokens[name], claim: null }; // nothing was done: another claim may be made
      await book.save();
    }
    throw cause;
  }
}

/** The deposit to be closed: that of the given-up token first, else any open one of this key. */
function openDeposit(tokens, name, items) {
  const { denomination, epoch } = tokens[name];
  const open = items
    .filter((one) => one.state === 'PAID' && one.denomination === denomination && one.epoch === epoch)
    .map((one) => String(one.reference));
  if (open.length === 0) {
    throw new Refusal('no-open-deposit', '托管方没有此面额和季度的未结存款', 'The custodian has no open deposit of this amount and quarter');
  }
  const given = Object.values(tokens).find((one) => one.refund === name && one.purpose === BID);
  const own = given === undefined ? null : wallet.referenceOf(given);
  return open.includes(own) ? own : open[0];
}
