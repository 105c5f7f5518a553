/**
 * What is said of each file: `proved`, `open` (not proved here) and the first refusal, if any.
 * The checks themselves are the protocol's; here they are only put into words.
 */

import { checkListed, readClosingList } from '../batches.js';
import { sameBytes } from '../bytes.js';
import { LEFT_OUT, rerun } from '../draws.js';
import { digest, stamp } from '../encoding.js';
import { Malformed, Refusal, refuse } from '../errors.js';
import { checkConsistency, checkInclusion, checkRedemption } from '../inclusions.js';
import { checkClosing, readClosing } from '../opening.js';
import { PATIENCE, actLeaf, readReceipt } from '../receipts.js';
import { checkCheckpoint } from '../trust.js';

const TIMELY = 120_000_000n; // microseconds within which a closing is to be witnessed

class Account {
  constructor() {
    this.proved = [];
    this.open = [];
    this.refused = null;
    this.seats = [];
  }

  prove(zh, en) {
    this.proved.push({ zh, en });
  }

  attest(zh, en) {
    this.open.push({ zh, en });
  }
}

/**
 * Check one file, a receipt together with whatever else of it was given.
 * @param {{ kind: string, raw: Uint8Array, value?: object }} file
 * @param {object} trust @param {Map<string, object>} others the other files by kind
 */
export async function check(file, trust, others) {
  const account = new Account();
  try {
    await CHECKS[file.kind](file, trust, account, others);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    account.refused = { code: cause.code, zh: cause.zh, en: cause.en };
  }
  return account;
}

/** Kinds that say nothing alone: they go with a receipt. */
export const COMPANIONS = ['act', 'redemption', 'list'];

const CHECKS = {
  async checkpoint({ raw }, trust, account) {
    tellCheckpoint(await checkCheckpoint(trust, new TextDecoder().decode(raw)), trust, account);
  },
  async inclusion({ value }, trust, account) {
    tellInclusion(await checkInclusion(value, trust), trust, account);
  },
  async closing({ value }, trust, account) {
    tellInclusion(await checkInclusion(value, trust), trust, account);
  },
  async consistency({ value }, trust, account) {
    const { old, new: newer } = await checkConsistency(value, trust);
    tellCheckpoint(newer, trust, account);
    account.prove(
      `规模 ${newer.size} 的日志是规模 ${old.size} 的日志的延续，前面没有改动`,
      `The log of ${newer.size} entries continues that of ${old.size}: nothing before was changed`,
    );
  },
  receipt: checkReceiptFile,
  draw: checkDrawFile,
  async act() {
    alone('提交文件要与它的回执一起核对', 'An act is checked together with its receipt');
  },
  async redemption() {
    alone('兑付文件要与它的回执一起核对', 'A redemption is checked together with its receipt');
  },
  async list() {
    alone('截标清单要与回执和截标记录一起核对', 'A closing list is checked with a receipt and the closing record');
  },
  async case() {
    alone('案卷由 market.verify 核对：python -m market.verify case-file', 'Case files are checked by the program: python -m market.verify case-file');
  },
  async trust() {
    alone('这是信任文件，在上面选择它', 'This is a trust file; choose it above');
  },
  async unknown() {
    alone('不是本交易平台的凭证文件', 'This is no proof file of the exchange', 'unknown-file');
  },
};

function alone(zh, en, code = 'not-alone') {
  refuse(zh, en, code);
}

const UNCHECKED = ['not-alone', 'unknown-file'];

/** Whether nothing was looked at: that is no word about the file. */
export const isUnchecked = ({ refused }) => refused !== null && UNCHECKED.includes(refused.code);

const EIGHT_HOURS = 28_800_000_000n; // microseconds from UTC to Beijing time

/** A moment as all pages say it, in Beijing time. */
const local = (at) => `${stamp(at + EIGHT_HOURS).slice(0, 19).replace('T', ' ')} (UTC+8)`;

async function checkReceiptFile({ value }, trust, account, others) {
  const held = await signedReceipt(value, trust);
  account.prove(
    `回执由平台签发：${held.tender}，${local(held.at)} 收到，承诺于 ${local(held.promiseBy)} 前入批次`,
    `The platform signed the receipt: ${held.tender}, received ${local(held.at)}, ` +
      `promised to be in a batch by ${local(held.promiseBy)}`,
  );
  checkAct(held, others.get('act'), account);
  await checkRedeemed(held, others.get('redemption'), trust, account);
  await checkClosed(held, others, trust, account);
}

/** The receipt by whichever pinned key signed it; the last key's refusal if none did. */
async function signedReceipt(value, trust) {
  for (const key of trust.receipts.slice(0, -1)) {
    try {
      return await readReceipt(value, key);
    } catch (cause) {
      if (!(cause instanceof Malformed) || cause.code !== 'bad-signature') throw cause;
    }
  }
  return readReceipt(value, trust.receipts.at(-1));
}

function checkAct(held, act, account) {
  if (act === undefined) {
    account.attest('未给出提交文件：回执属于哪份提交未核对', 'The act was not given: which act the receipt is for was not looked at');
    return;
  }
  const same =
    sameBytes(digest(act.raw), held.submissionHash) && sameBytes(actLeaf(held.salt, act.raw), held.leaf);
  if (!same) refuse('回执不是这份提交的', 'The receipt is not for this act', 'receipt-differs');
  account.prove('回执正是这份提交的', 'The receipt is for exactly this act');
}

async function checkRedeemed(held, redemption, trust, account) {
  if (redemption === undefined) {
    account.attest('未给出兑付文件：提交是否已入批次未核对', 'The redemption was not given: whether the act is in a batch was not looked at');
    return;
  }
  const found = await checkRedemption(redemption.value, held.leaf, trust);
  tellInclusion(found.included, trust, account);
  const { at, tick } = found.batch;
  if (at < held.at || at > held.promiseBy + PATIENCE) {
    refuse(
      `批次时间 ${local(at)} 不在回执承诺之内`,
      `The batch of ${local(at)} is not within what the receipt promises`,
      'promise-broken',
    );
  }
  account.prove(
    `提交在第 ${tick} 批第 ${found.place} 位，批次时间 ${local(at)}，在承诺之内`,
    `The act stands in batch ${tick} at place ${found.place}, of ${local(at)}, within the promise`,
  );
}

async function checkClosed(held, others, trust, account) {
  const [record, listed] = [others.get('closing'), others.get('list')];
  if (record === undefined || listed === undefined) {
    account.attest('未给出截标记录与清单：提交是否须予开标未核对', 'Closing record and list were not given: whether the act must be opened was not looked at');
    return;
  }
  const found = await checkInclusion(record.value, trust);
  if (found.entry.kind !== 'closing') refuse('此处应为截标记录', 'A closing record is needed here', 'wrong-type');
  const closing = readClosing(found.entry.data);
  if (closing.tender !== held.tender) refuse('截标记录属于另一项目', 'The closing is of another tender', 'wrong-tender');
  const { tender, acts } = readClosingList(listed.value);
  checkClosing(closing, tender, acts);
  const place = acts.indexOf(checkListed(acts, held.leaf)) + 1;
  if (held.at > closing.deadline) {
    refuse('该提交晚于截止时间却被列入', 'The act came after the deadline and is listed all the same', 'listed-late');
  }
  account.prove(
    `提交在截标清单中（${acts.length} 份中的第 ${place} 份），须予开标`,
    `The act is in the closing list (number ${place} of ${acts.length}) and must be opened`,
  );
  if (found.by > closing.deadline + TIMELY) {
    account.attest(
      `见证人于 ${local(found.by)} 见到截标记录；此前的时间由日志自述`,
      `The witnesses had seen the closing record by ${local(found.by)}; any earlier time is the log's own word`,
    );
  }
}

async function checkDrawFile({ raw }, trust, account) {
  const { freeze, result, names } = await rerun(raw);
  account.prove(
    `抽取 ${freeze.draw} 已重新运行：冻结的名册、${freeze.parties.length} 方的承诺与随机数、次序与结果相符`,
    `Draw ${freeze.draw} was run again: frozen pool, commitments and nonces of ${freeze.parties.length} parties, order and result agree`,
  );
  account.attest(LEFT_OUT.zh, LEFT_OUT.en);
  account.seats = result.seats.map(({ stratum, leaves, short }) => ({
    stratum,
    short,
    names: leaves.map((leaf) => names.get(leaf) ?? leaf),
  }));
}

function tellInclusion(found, trust, account) {
  tellCheckpoint(found.checkpoint, trust, account);
  const { kind, subject, at } = found.entry;
  account.prove(
    `日志第 ${found.index} 条：${kind}，${subject}，日志时间 ${local(at)}`,
    `Entry ${found.index} of the log: ${kind}, ${subject}, by the log's time ${local(at)}`,
  );
}

function tellCheckpoint(head, trust, account) {
  account.prove(
    `检查点由 ${trust.origin} 签名，规模 ${head.size}，见证人联署达到 ${trust.quorum} 个，最迟 ${local(head.by)} 见到`,
    `The checkpoint is signed by ${trust.origin}, ${head.size} entries, cosigned by the quorum of ${trust.quorum}, seen by ${local(head.by)} at the latest`,
  );
}
