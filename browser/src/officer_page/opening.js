/**
 * The opening: what may be opened is checked here, not believed.
 *
 * The closing must be witnessed and alone, every act must stand in its list, every share must bear
 * the header of the bid it is served under, or nothing of it is given out.
 */

import { checkActSignature, checkShape, readAct } from '../acts.js';
import { readClosingList } from '../batches.js';
import { sameBytes } from '../bytes.js';
import { canonical, digest } from '../encoding.js';
import { Refusal, refuse } from '../errors.js';
import { checkInclusion } from '../inclusions.js';
import { manifestHash, readManifest, seatsOf } from '../manifest.js';
import { Members, octetsOf } from '../members.js';
import { batchHash, openShares, readClosing, signShareBatch, wantedShares } from '../opening.js';
import { actLeaf } from '../receipts.js';
import { checkSigner } from './seat.js';

const LIST_LIMIT = 10_000; // acts of one tender

/**
 * What the officer is asked to open now, checked; null when nothing is asked: the opening is over,
 * or its shares of the round are closed.
 */
export async function sheetOf(seat, trust, memory, platform) {
  const value = await platform.get(sharesPath(seat.no));
  const given = new Members(value);
  const [tender, i, round] = [given.tender(), given.whole('seat', 1), given.whole('round', 1)];
  const [state, closingHash] = [given.text('state'), given.octets('closing_hash', 32)];
  const proof = given.take('closing');
  const raws = given.array('acts', octets, 0, LIST_LIMIT);
  const salts = given.array('salts', octetsOf(32), 0, LIST_LIMIT);
  given.end();
  if (state !== 'collecting') return { round, state, acts: [] };
  const closing = await closingOf(seat.no, proof, trust, platform);
  const manifest = await manifestOf(seat.no, trust, platform);
  const same =
    tender === seat.no &&
    sameBytes(closing.hash, closingHash) &&
    sameBytes(closing.manifestHash, manifestHash(manifest)) &&
    i <= manifest.seats.length;
  if (!same) throw closingDiffers();
  memory.refuseOtherClosing(seat.no, closing.hash);
  const acts = await actsOf(raws, manifest);
  await checkInList(closing, acts, salts, platform);
  return { round, state, i, closing, manifest, acts };
}

/**
 * Open this officer's shares of a round one by one and hand them in, signed, in one batch; what it
 * holds and what the platform answered. `told(done, whole)` is called after each share.
 */
export async function openRound(seat, sheet, pool, signer, memory, platform, told) {
  checkSigner(seat, signer);
  const recipient = (seatsOf(sheet.manifest)[sheet.i - 1] ?? []).find((one) => pool.has(one));
  if (recipient === undefined) {
    throw new Refusal(
      'key-not-in-pool',
      '密钥池文件中没有此项目的密钥，请选当时的密钥池文件',
      'This pool does not hold the key of the tender; take the file it came from',
    );
  }
  const wanted = wantedShares(sheet.acts, sheet.manifest, sheet.round, sheet.i);
  const [shares, refused] = [[], []];
  for (const [at, one] of wanted.entries()) {
    const opened = openShares(pool.get(recipient), recipient, [one], sheet.i);
    shares.push(...opened.shares);
    refused.push(...opened.refused);
    await told(at + 1, wanted.length);
  }
  const batch = {
    tender: seat.no,
    manifestHash: manifestHash(sheet.manifest),
    round: sheet.round,
    closingHash: sheet.closing.hash,
    i: sheet.i,
    recipient,
    shares,
    refused,
    rehearsal: false,
  };
  const value = await signShareBatch(batch, signer.key);
  memory.refuseOtherBatch(seat.no, sheet.closing.hash, sheet.round, batchHash(value));
  const answer = await platform.post(sharesPath(seat.no), value);
  return { posted: shares.length, refused, ...answer };
}

const sharesPath = (no) => `/api/v1/tenders/${no}/opening/shares`;
const octets = (item) => new Members({ item }).octets('item');

async function closingOf(no, proof, trust, platform) {
  const found = await checkInclusion(proof, trust);
  if (found.entry.kind !== 'closing' || found.entry.subject !== no) {
    refuse('这不是此项目的截标记录', 'Not the closing of this tender', 'wrong-type');
  }
  await onlyOne(no, 'closing', platform);
  return readClosing(found.entry.data);
}

async function manifestOf(no, trust, platform) {
  const index = await onlyOne(no, 'manifest', platform);
  const found = await checkInclusion(await platform.get(`/log/proof/${index}`), trust);
  if (found.entry.kind !== 'manifest' || found.entry.subject !== no) {
    refuse('这不是此项目的开标清单', 'Not the manifest of this tender', 'wrong-type');
  }
  return readManifest(canonical(found.entry.data));
}

/** The index of the one entry of a kind about a tender; the record must hold exactly one. */
async function onlyOne(no, kind, platform) {
  const { items } = await platform.get(`/log/entries?subject=${encodeURIComponent(no)}&type=${kind}`);
  if (items.length !== 1) {
    throw new Refusal(
      'two-closings',
      '日志中此项目的记录不是恰好一份，停止开标并报告监督部门',
      'The record does not hold exactly one such entry of this tender; stop and tell the supervisor',
    );
  }
  return items[0].index;
}

async function actsOf(raws, manifest) {
  const acts = raws.map(readAct);
  const named = manifestHash(manifest);
  for (const act of acts) {
    await checkActSignature(act);
    if (act.kind !== 'submission' || !sameBytes(act.manifestHash, named)) {
      refuse('清单中有不属于此项目的提交', 'The sheet holds an act of another tender or manifest', 'foreign-act');
    }
    checkShape(act, manifest);
  }
  if (new Set(acts.map((act) => act.bidPub.join())).size !== acts.length) {
    refuse('同一投标密钥出现两次', 'A bid key stands twice', 'act-twice');
  }
  return acts;
}

async function checkInList(closing, acts, salts, platform) {
  const { list } = await platform.get(`/api/v1/tenders/${closing.tender}/closing`);
  const rows = readClosingList(list).acts;
  const shown = acts.map((act, at) => actLeaf(salts[at], act.raw).join());
  const wanted = rows.map((row) => row.leaf.join()).filter((leaf) => shown.includes(leaf));
  const same = sameBytes(digest(canonical(list)), closing.listHash) && shown.join() === wanted.join();
  if (salts.length !== acts.length || !same) throw closingDiffers();
}

const closingDiffers = () =>
  new Refusal(
    'closing-differs',
    '要求开启的提交不在截标清单中，未给出任何份额',
    'What is to be opened is not what the closing record fixed; no share was given out',
  );
