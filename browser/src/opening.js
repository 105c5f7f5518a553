/**
 * Opening: the closing record, the officers' share batches, and the end of taking shares.
 *
 * Every officer posts its shares for all bids of a round in one signed batch, and none is combined;
 * only when `shares-closed` has fixed them is anything decrypted, in list order.
 */

import { bindingOf, envelopeOf } from './acts.js';
import { listRoot, readClosingList, writeClosingList } from './batches.js';
import { AMENDMENT_LIMIT, BID_KINDS, HASH_LENGTH, SHARE_LENGTH, readKind } from './binding.js';
import { sameBytes } from './bytes.js';
import { b64u, canonical, digest, parse, stamp, structure } from './encoding.js';
import { checkPosted, commitments, openShare } from './envelopes.js';
import { Refusal, refuse } from './errors.js';
import { manifestHash, roundOf, seatsOf } from './manifest.js';
import { Members } from './members.js';
import { HOLDER_LIMIT } from './sharing.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';

export const BATCH_LIMIT = 4 * 1024 * 1024; // bytes of one share batch
export const REFUSED_CODES = [
  'foreign-share',
  'malformed',
  'sealed-body',
  'sealed-header',
  'sealed-key',
  'sealed-mac',
  'share-mismatch',
  'wrong-type',
];
const ITEM_LIMIT = 10_000; // shares of one batch

/** The structure `yg/closing/v1` of these live acts. */
export function makeClosing(tender, heldManifestHash, amendment, deadline, acts) {
  const list = writeClosingList(tender, acts);
  return structure('closing', {
    tender,
    manifest_hash: b64u(heldManifestHash),
    amendment,
    deadline: stamp(deadline),
    list_hash: b64u(digest(canonical(list))),
    list_root: b64u(listRoot(readClosingList(list).acts.map((act) => act.leaf))),
  });
}

/** The closing of a structure, with its hash; `malformed` otherwise. */
export function readClosing(value) {
  const given = new Members(value, 'closing');
  const closing = {
    tender: given.tender(),
    manifestHash: given.octets('manifest_hash', HASH_LENGTH),
    amendment: given.whole('amendment', 0, AMENDMENT_LIMIT),
    deadline: given.moment('deadline'),
    listHash: given.octets('list_hash', HASH_LENGTH),
    listRoot: given.octets('list_root', HASH_LENGTH),
    hash: digest(canonical(value)),
  };
  given.end();
  return closing;
}

/** Refuse (`closing-differs`) a list that is not the one the closing fixed. */
export function checkClosing(closing, tender, acts) {
  const fixed = readClosing(
    makeClosing(tender, closing.manifestHash, closing.amendment, closing.deadline, acts),
  );
  if (!sameBytes(fixed.hash, closing.hash)) {
    throw new Refusal(
      'closing-differs',
      '清单与截标记录不符',
      'The list is not the one that the closing record fixed',
    );
  }
}

/** What officer i must post for a round: for each act in list order, each kind opened. */
export const wantedShares = (acts, manifest, no, i) =>
  acts.flatMap((act) =>
    roundOf(manifest, no).opens.map((kind) => ({
      binding: bindingOf(act, kind),
      commitment: commitments(envelopeOf(act, kind), seatsOf(manifest))[i - 1],
      sealed: envelopeOf(act, kind).shares,
    })),
  );

/**
 * The officer's program for a whole round: what the identity of `recipient` opens is posted, what it
 * refuses is reported with its code. Signed by `signShareBatch`.
 */
export function openShares(identity, recipient, wanted, i) {
  const [shares, refused] = [[], []];
  for (const { binding, sealed } of wanted) {
    const named = { bidPub: binding.bidPub, kind: binding.kind };
    const own = sealed.find((share) => share.recipient === recipient);
    try {
      shares.push({ ...named, share: openShare(identity, own, binding, i) });
    } catch (cause) {
      if (!(cause instanceof Refusal) || !REFUSED_CODES.includes(cause.code)) throw cause;
      refused.push({ ...named, code: cause.code });
    }
  }
  return { shares, refused };
}

/** The structure `yg/share-batch/v1` (or `rehearsal-batch`), signed by the organisation's key. */
export const signShareBatch = (batch, key) =>
  signed(
    structure(batch.rehearsal ? 'rehearsal-batch' : 'share-batch', {
      tender: batch.tender,
      manifest_hash: b64u(batch.manifestHash),
      round: batch.round,
      closing_hash: b64u(batch.closingHash),
      i: batch.i,
      recipient: batch.recipient,
      shares: batch.shares.map((one) => ({ bid_pub: b64u(one.bidPub), kind: one.kind, share: b64u(one.share) })),
      refused: batch.refused.map((one) => ({ bid_pub: b64u(one.bidPub), kind: one.kind, code: one.code })),
    }),
    key,
  );

/** The name of a signed batch: H of its bytes. */
export const batchHash = (value) => digest(canonical(value));

/** The batch of its bytes: form (`malformed`), then the organisation's signature. */
export async function readShareBatch(raw, key, rehearsal = false) {
  const value = parse(raw, BATCH_LIMIT);
  const given = new Members(value, rehearsal ? 'rehearsal-batch' : 'share-batch');
  const batch = {
    tender: given.tender(),
    manifestHash: given.octets('manifest_hash', HASH_LENGTH),
    round: given.whole('round', 0, BID_KINDS.length),
    closingHash: given.octets('closing_hash', HASH_LENGTH),
    i: given.whole('i', 1, HOLDER_LIMIT),
    recipient: given.text('recipient'),
    shares: given.array('shares', (item) => readItem(item, 'share'), 0, ITEM_LIMIT),
    refused: given.array('refused', (item) => readItem(item, 'code'), 0, ITEM_LIMIT),
    rehearsal,
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  await checkSignature(value, key);
  return batch;
}

/** Refuse a batch for another opening (`foreign-batch`) or from no such seat (`wrong-seat`). */
export function checkBatchPlace(batch, manifest, closingHash, no) {
  const same =
    batch.tender === manifest.tender &&
    sameBytes(batch.manifestHash, manifestHash(manifest)) &&
    batch.round === no &&
    sameBytes(batch.closingHash, closingHash);
  if (!same) {
    throw new Refusal(
      'foreign-batch',
      '份额批次属于另一次开标或另一轮',
      'The batch belongs to another opening or round',
    );
  }
  if (!(seatsOf(manifest)[batch.i - 1] ?? []).includes(batch.recipient)) {
    throw new Refusal(
      'wrong-seat',
      '份额批次与开标人席位不符',
      'The batch does not come from the seat it names',
    );
  }
}

/** Refuse (`incomplete-batch`, `share-mismatch`) a batch not complete and true to commitments. */
export function checkBatchShares(batch, wanted) {
  const names = (items) => items.map((item) => `${b64u(item.bidPub)}/${item.kind}`);
  const [order, posted, refused] = [names(wanted.map((one) => one.binding)), names(batch.shares), names(batch.refused)];
  const complete =
    order.filter((name) => posted.includes(name)).join() === posted.join() &&
    order.filter((name) => refused.includes(name)).join() === refused.join() &&
    posted.length + refused.length === order.length &&
    !posted.some((name) => refused.includes(name));
  if (!complete) {
    throw new Refusal(
      'incomplete-batch',
      '份额批次不完整，应一次提交本轮全部投标的份额',
      'The batch must hold the shares of all bids of the round, each once',
    );
  }
  wanted.forEach((one, at) => {
    const place = posted.indexOf(order[at]);
    if (place >= 0) checkPosted(one.binding, batch.i, batch.shares[place].share, one.commitment);
  });
}

/** The structure `yg/shares-closed/v1`; `batches` are `{ i, batchHash }`, i ascending. */
export const sharesClosed = (tender, round, closingHash, batches) =>
  structure('shares-closed', {
    tender,
    round,
    closing_hash: b64u(closingHash),
    batches: batches.map((one) => ({ i: one.i, batch_hash: b64u(one.batchHash) })),
  });

/** The structure read; `malformed` unless at least k batches of different officers. */
export function readSharesClosed(value, k) {
  const given = new Members(value, 'shares-closed');
  const closed = {
    tender: given.tender(),
    round: given.whole('round', 1, BID_KINDS.length),
    closingHash: given.octets('closing_hash', HASH_LENGTH),
    batches: given.array('batches', readNumbered, k, HOLDER_LIMIT),
  };
  given.end();
  if (closed.batches.some((one, at) => at > 0 && closed.batches[at - 1].i >= one.i)) {
    refuse('份额批次次序不对或重复', 'The batches are out of order or stand twice');
  }
  return closed;
}

function readItem(item, last) {
  const given = new Members(item);
  const named = { bidPub: given.octets('bid_pub', PUBLIC_LENGTH), kind: readKind(given) };
  const held =
    last === 'share'
      ? { ...named, share: given.octets('share', SHARE_LENGTH) }
      : { ...named, code: given.choice('code', REFUSED_CODES) };
  given.end();
  return held;
}

function readNumbered(item) {
  const given = new Members(item);
  const numbered = { i: given.whole('i', 1, HOLDER_LIMIT), batchHash: given.octets('batch_hash', HASH_LENGTH) };
  given.end();
  return numbered;
}
