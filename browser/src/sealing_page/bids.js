/**
 * Bids of this browser: for each tender its versions, oldest first. A version is in the book whole
 * before anything of it is sent; what the platform answers is added.
 */

import { REDEMPTION_LENGTH } from '../answers.js';
import { SUBMISSION, WITHDRAWAL, readAct, signAct, submissionHash } from '../acts.js';
import { stands } from '../amendments.js';
import { binding } from '../binding.js';
import { BID, checkSpendable } from '../bondkeys.js';
import { b64u, unb64u } from '../encoding.js';
import { Malformed, Refusal } from '../errors.js';
import { signIdentity } from '../identity.js';
import { checkRedemption } from '../inclusions.js';
import { kindsOf, seatsOf } from '../manifest.js';
import { factsRoot, offerJson, saltedFacts } from '../offers.js';
import { payloadHash } from '../payload.js';
import { checkReceipt, isOverdue, readReceipt } from '../receipts.js';
import { writeTicket } from '../uploads.js';
import { LENGTH } from '../blindkeys.js';
import { answerOf } from './answering.js';
import { beginUpload } from './sending.js';
import { language } from './speech.js';
import { bondKeys } from './terms.js';
import * as wallet from './wallet.js';
import { Line } from './wire.js';

const UNDECIDED = 500; // from this status on nobody knows what the host did

/** The versions of a tender, oldest first. */
export const versionsOf = (book, tender) => (book.pages.bids[tender] ??= []);

/** The newest version that the platform has taken, submission or withdrawal; null without one. */
export const acceptedOf = (book, tender) => versionsOf(book, tender).findLast((one) => one.outcome === 'accepted') ?? null;

/** The newest version that was not yet answered; null without one. */
export const waitingOf = (book, tender) => {
  const last = versionsOf(book, tender).at(-1);
  return last !== undefined && last.outcome === null ? last : null;
};

/** Whether the accepted bid stands after all amendments. */
export const stillStands = (version, terms) => stands(version.amendment, terms.amendments);

function placeOf(book, tender) {
  const last = versionsOf(book, tender).at(-1);
  if (last !== undefined && last.sent && last.outcome === null) {
    throw new Refusal('unsettled', '上一次提交结果未知，先再次发送取回结果', 'It is not known what became of the last act; send it again first');
  }
  const before = acceptedOf(book, tender);
  return before === null ? { seq: 0, previous: null } : { seq: before.seq + 1, previous: unb64u(before.hash, 32) };
}

/**
 * Seal a bid: envelopes one after the other in the worker, the act signed, the version in the book.
 * `begin(operation, asked)` hands work to the worker. @returns {Promise<object>} the version; its `naming` are the
 * titles of technical documents that tell who bids
 */
export async function sealBid({ book, record, begin }, terms, offer, signer) {
  if (record.now > terms.deadline) {
    throw new Refusal('late', '投标截止时间已过', 'The deadline has passed');
  }
  const place = placeOf(book, terms.tender);
  const name = wallet.tokenFor(book.pages.tokens, terms.tender, terms.manifest.bond);
  const held = book.pages.tokens[name];
  checkSpendable((await bondKeys(record)).key(held.denomination, held.epoch, BID), record.now);
  book.pages.tokens[name] = { ...held, tender: terms.tender };
  await book.save(); // bound to this tender before anything bears it
  const bidKey = await wallet.keyOf(held);
  const { envelopes, files, kept, naming } = await sealAll({ book, begin }, terms, offer, signer, held, bidKey);
  const act = await signAct(
    {
      kind: SUBMISSION,
      tender: terms.tender,
      manifestHash: terms.manifest.hash,
      amendment: terms.amendment,
      ...place,
      envelopes,
      token: wallet.tokenOf(held),
      bidPub: bidKey.public,
    },
    bidKey,
  );
  readAct(act.raw);
  return keep(book, act, name, { files, facts: kept, price: offer.price.price, naming });
}

async function sealAll({ book, begin }, terms, offer, signer, held, bidKey) {
  const { manifest } = terms;
  const [sealed, files, kept, hashes, naming] = [{}, {}, {}, [], []];
  const one = async (kind, main, papers) => {
    const bound = binding(terms.tender, manifest.hash, terms.amendment, kind, bidKey.public);
    const marks = kind === 'technical' ? [signer.uscc, signer.name] : [];
    const asked = { bound, seats: seatsOf(manifest), k: manifest.k, main, papers, key: book.key, marks };
    const done = await begin('sealOne', asked, kind);
    sealed[kind] = done.envelope;
    files[kind] = { ...done.file, path: null };
    naming.push(...done.naming);
    return done.payloadDigest;
  };
  for (const kind of kindsOf(manifest)) {
    if (kind === 'identity') continue;
    const papers = offer.papers[kind] ?? [];
    const values = { ...offer[kind] };
    papers.forEach((paper, at) => {
      values[`document-${String(at + 1).padStart(4, '0')}`] = paper.digest;
    });
    const salted = saltedFacts(values);
    if (salted.length === 0) throw new Refusal('nothing-offered', `${kind} 信封没有内容`, `The ${kind} envelope would be empty`);
    const main = offerJson(salted);
    const digest = await one(kind, main, papers);
    hashes.push({ kind, payloadHash: payloadHash(factsRoot(salted), digest) });
    kept[kind] = { offer: main, payload_digest: b64u(digest) };
  }
  const said = {
    uscc: signer.uscc,
    consortium: [...offer.consortium].sort(),
    tender: terms.tender,
    manifestHash: manifest.hash,
    amendment: terms.amendment,
    bidPub: bidKey.public,
    envelopes: hashes,
    inv: unb64u(held.inv, LENGTH),
  };
  await one('identity', await signIdentity(said, signer.key), []);
  return { envelopes: kindsOf(manifest).map((kind) => sealed[kind]), files, kept, naming };
}

/** Make the withdrawal of the accepted bid; `nothing-to-withdraw`. */
export async function sealWithdrawal({ book }, tender) {
  const place = placeOf(book, tender);
  const before = acceptedOf(book, tender);
  if (before === null || before.kind !== SUBMISSION) {
    throw new Refusal('nothing-to-withdraw', '没有可撤回的投标', 'There is no bid to withdraw');
  }
  const held = book.pages.tokens[before.token];
  const bidKey = await wallet.keyOf(held);
  const { manifestHash, amendment } = readAct(unb64u(before.act));
  const act = { kind: WITHDRAWAL, tender, manifestHash, amendment, ...place, envelopes: [], token: wallet.tokenOf(held), bidPub: bidKey.public };
  return keep(book, await signAct(act, bidKey), before.token, { files: {}, facts: {}, price: null });
}

async function keep(book, act, token, more) {
  const version = {
    kind: act.kind,
    act: b64u(act.raw),
    hash: b64u(submissionHash(act)),
    seq: act.seq,
    amendment: act.amendment,
    token,
    sent: false,
    outcome: null,
    code: null,
    receipt: null,
    redemption: null,
    dropped: null,
    naming: [],
    ...more,
  };
  versionsOf(book, act.tender).push(version);
  await book.save();
  return version;
}

/** Send a version: ciphertexts, then the act; again, the same receipt. */
export async function send({ book, anonymous, trust, begin }, tender, version) {
  const held = book.pages.tokens[version.token];
  for (const [kind, file] of Object.entries(version.files)) await leave({ book, anonymous, begin }, tender, held, kind, file);
  version.sent = true;
  await book.save();
  const act = readAct(unb64u(version.act));
  const value = answerOf(await handIn({ book, anonymous }, tender, version, act.raw));
  checkReceipt(await pinnedReceipt(value, trust), act);
  Object.assign(version, { outcome: 'accepted', code: null, receipt: value });
  await book.save();
  return version;
}

/** The host's answer to an act; what it refuses is written down, what it leaves open is not. */
async function handIn({ book, anonymous }, tender, version, raw) {
  try {
    return (await new Line(anonymous).post(`/api/v1/tenders/${tender}/acts`, raw)).raw;
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    if (cause.code === 'ciphertext-missing') for (const file of Object.values(version.files)) file.path = null;
    else if (cause.status < UNDECIDED) Object.assign(version, { outcome: 'refused', code: cause.code });
    await book.save();
    throw cause;
  }
}

/** Bring one ciphertext there, going on where it stopped. */
async function leave({ book, anonymous, begin }, tender, held, kind, file) {
  for (let tries = 0; ; tries += 1) {
    if (file.path === null) {
      const ticket = await writeTicket(tender, file.length, wallet.tokenOf(held), await wallet.keyOf(held));
      file.path = await beginUpload(anonymous, file.length, ticket);
      await book.save(); // so that a closed tab finds the way back
    }
    try {
      const { name, length, path } = file;
      await begin('send', { origin: anonymous, path, file: { name, length }, speaks: language() }, kind);
      return;
    } catch (cause) {
      if (cause.code !== 'upload-gone' || tries > 0) throw cause;
      file.path = null;
    }
  }
}

/** The receipt under one of the pinned keys. */
async function pinnedReceipt(value, trust) {
  for (const [at, key] of trust.receipts.entries()) {
    try {
      return await readReceipt(value, key);
    } catch (cause) {
      if (!(cause instanceof Refusal) || at === trust.receipts.length - 1) throw cause;
    }
  }
  throw new Malformed('bad-signature', '信任文件中没有回执密钥', 'The trust file pins no key of receipts');
}

/**
 * Redeem a receipt and check the proof. Null while its batch is not witnessed.
 * @returns {Promise<null | object>} where the act stands
 */
export async function redeem({ book, anonymous, trust, record }, version) {
  let found;
  try {
    found = answerOf((await new Line(anonymous).get(`/api/v1/receipts/${version.hash}`)).raw, REDEMPTION_LENGTH);
  } catch (cause) {
    if (['not-yet', 'not-found'].includes(cause.code)) return null;
    throw cause;
  }
  const receipt = await pinnedReceipt(version.receipt, trust);
  const proven = await checkRedemption(found.redemption, receipt.leaf, trust);
  await record.agrees(proven.included.checkpoint);
  version.redemption = found.redemption;
  await book.save();
  return placeInRecord(proven);
}

/** What a kept redemption proves, checked again. */
export async function redeemed({ trust }, version) {
  const receipt = await pinnedReceipt(version.receipt, trust);
  return placeInRecord(await checkRedemption(version.redemption, receipt.leaf, trust));
}

const placeInRecord = ({ batch, place, included }) => ({ tick: batch.tick, place, index: included.index, by: included.by });

/** Whether a receipt that is still not redeemed has become evidence. */
export async function overdue({ trust, record }, version) {
  return isOverdue(await pinnedReceipt(version.receipt, trust), record.now);
}
