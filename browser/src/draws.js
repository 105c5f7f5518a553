/**
 * Running a draw again from its file, for the page by which anybody checks a draw.
 *
 * Proved here: frozen leaves, signed commitments and their nonces, seed, order, computed skips,
 * result. What `market.verify` proves besides is listed by `LEFT_OUT`, and pages must show it.
 */

import { ascending, concat, utf8 } from './bytes.js';
import { b64u, canonical, digest, parse, structure, unb64u } from './encoding.js';
import { Refusal, refuse } from './errors.js';
import { Members, objectItem, octetsOf, serial, word } from './members.js';
import { leafHash, root } from './merkle.js';
import { mac, permutation, pick } from './numbers.js';
import { checkSignature } from './signing.js';
import { REPORTED, Walk, drawOrder, recordedCap, wrongSteps } from './walks.js';

/** What this re-run does not look at, in words for people. */
export const LEFT_OUT = {
  zh: '此处未核对：名册是否完整、重新冻结、跳过凭据、信标签名、日志中的次序与见证时间；由 market.verify 核对',
  en:
    'Not checked here: whether the pool was complete, freezing again, evidence of skips, ' +
    "the beacon's signature, order and witnessing in the journal; market.verify checks them",
};

const FILE_LIMIT = 268_435_456; // bytes of a draw file
const LIST_LIMIT = 1_000_000;
const ROUND = ['draw', 'attempt', 'freeze_hash', 'party', 'escrow_hash'];

/**
 * Run a draw again from the bytes of its file. Refused at the first thing that does not hold:
 * `malformed`, `wrong-leaves`, `no-audit`, `audit-fails`, `no-consent`, `wrong-attempt`,
 * `wrong-commits`, `bad-signature`, `all-by-platform`, `wrong-nonce`, `wrong-opening`,
 * `wrong-steps`, `wrong-result`.
 * @param {Uint8Array} raw
 * @returns {Promise<{ freeze: object, seed: Uint8Array, result: object, names: Map<string, string> }>}
 */
export async function rerun(raw) {
  const file = readFile(parse(raw, FILE_LIMIT));
  const { freeze } = file;
  checkLeaves(freeze, file.leaves);
  await checkAudits(freeze, file.audits);
  const consents = await checkConsents(freeze, file.consents);
  const { attempt, seed } = await checkAttempts(freeze, file.attempts);
  const { names, tags } = openLeaves(file);
  const made = { seats: [], order: [], index: null, option: null };
  if (freeze.kind === 'walk') made.seats = walkAgain(freeze, file, seed, tags, consents);
  else if (freeze.kind === 'permutation') {
    made.order = permutation(seed, freeze.purpose, file.leaves[0].map((leaf) => unb64u(leaf))).map(b64u);
  } else Object.assign(made, pick(seed, freeze.purpose, freeze.options));
  const { draw } = freeze;
  const result = structure('draw-result', { draw, attempt: attempt.attempt, seed: b64u(seed), ...made });
  if (!same(result, file.result) || (file.steps.length > 0 && freeze.kind !== 'walk')) {
    refuse(
      '公布的结果与重新计算的不同',
      'The published result is not what the draw gives when it is run again',
      'wrong-result',
    );
  }
  return { freeze, seed, result, names };
}

function readFile(value) {
  const given = new Members(value, 'draw-file');
  const objects = (name) => given.array(name, objectItem, 0, LIST_LIMIT);
  const file = {
    freeze: readFreeze(given.take('freeze')),
    leaves: given.array('leaves', readLeaves),
    audits: objects('audits'),
    consents: objects('consents'),
    attempts: given.array('attempts', readAttempt, 1, 32),
    steps: objects('steps').map(readStep),
    result: objectItem(given.take('result')),
    opened: given.array('opened', octetsOf(undefined), 0, LIST_LIMIT),
    pool: given.maybe('pool', (name) => objectItem(given.take(name))),
    earlier: objects('earlier'),
    journal: given.maybe('journal', (name) => objectItem(given.take(name))),
  };
  given.end();
  return file;
}

function readFreeze(value) {
  const given = new Members(value, 'draw-freeze');
  const freeze = {
    json: value,
    hash: b64u(digest(canonical(value))),
    draw: serial(given.take('draw')),
    kind: given.choice('kind', ['walk', 'permutation', 'pick']),
    purpose: word(given.take('purpose')),
    strata: given.array('strata', readStratum),
    walk: given.maybe('walk', (name) => objectItem(given.take(name))),
    options: given.array('options', (item) => new Members({ item }).text('item', 1, 64)),
    parties: given.array('parties', readParty, 2, 32),
    beacon: given.maybe('beacon', (name) => objectItem(given.take(name))),
  };
  const count = { walk: freeze.strata.length, permutation: 1, pick: 0 }[freeze.kind];
  const fits = freeze.strata.length === count && (freeze.walk !== null) === (freeze.kind === 'walk');
  if (!fits || freeze.options.length > 0 !== (freeze.kind === 'pick')) {
    refuse('冻结内容与抽取种类不符', 'The freeze does not fit the kind of draw');
  }
  return freeze;
}

function readStratum(item) {
  const given = new Members(item);
  const [stratum, quota] = [given.text('stratum', 1, 64), given.whole('quota')];
  const [substitutes, size] = [given.whole('substitutes'), given.whole('size')];
  // A pool that can be guessed or bribed whole needs a supervisor's consent.
  const isPredictable = 4 * (quota + substitutes) > size || size < Math.max(12, 4 * quota);
  return { stratum, quota, size, isPredictable, root: given.octets('root', 32) };
}

function readParty(item) {
  const given = new Members(item);
  const named = { party: word(given.take('party')), role: word(given.take('role')) };
  const key = given.octets('key', 32);
  const standsInFor = given.maybe('stands_in_for', (name) => word(given.take(name)));
  return { ...named, key, standsInFor };
}

function readAttempt(item) {
  const given = new Members(item);
  const attempt = {
    attempt: given.whole('attempt', 1),
    commits: given.array('commits', objectItem),
    reveals: given.array('reveals', objectItem),
    voids: given.maybe('void', (name) => voidsOf(given.take(name))) ?? [],
    beacon: given.maybe('beacon', (name) => objectItem(given.take(name))),
  };
  given.end();
  return attempt;
}

/** One void alone stands without a list; several stand in one. */
function voidsOf(value) {
  if (!Array.isArray(value)) return [objectItem(value)];
  if (value.length < 2) refuse('单方作废不用列表书写', 'One void alone stands without a list');
  return value.map(objectItem);
}

function readStep(value) {
  const given = new Members(value, 'draw-step');
  return {
    number: given.whole('step'),
    stratum: given.text('stratum', 1, 64),
    leaf: b64u(given.octets('leaf', 32)),
    code: given.choice('code', ['earlier-stratum', 'unit-cap', ...REPORTED]),
    collides: given.maybe('collides', (name) => b64u(given.octets(name, 32))),
  };
}

const readLeaves = (item) =>
  new Members({ item }).array('item', (leaf) => b64u(octetsOf(32)(leaf)), 0, LIST_LIMIT);

function checkLeaves(freeze, leaves) {
  const sound =
    leaves.length === freeze.strata.length &&
    freeze.strata.every((stratum, at) => {
      const held = leaves[at].map((leaf) => unb64u(leaf, 32));
      return ascending(held) && held.length === stratum.size && same(b64u(root(held)), b64u(stratum.root));
    });
  if (!sound) {
    refuse(
      '名册叶子与冻结的不同，或未严格递增',
      'The leaves are not the frozen ones, or not strictly ascending',
      'wrong-leaves',
    );
  }
}

async function checkAudits(freeze, audits) {
  let outside = freeze.kind !== 'walk';
  for (const audit of audits) {
    const by = await signedBy(freeze, audit, 'pool-audit', 'party');
    if (audit.result !== 'holds') {
      refuse('名册核验未通过', 'An audit of the pool fails', 'audit-fails');
    }
    outside ||= !['operator', 'centre'].includes(by.role);
  }
  if (!outside) refuse('没有外部单位核验名册', 'No outside party audited the pool', 'no-audit');
}

/** The consents that supervisors signed, each to this freeze; `no-consent` where one is due. */
async function checkConsents(freeze, consents) {
  for (const consent of consents) {
    const by = await signedBy(freeze, consent, 'draw-consent', 'by');
    if (by.role !== 'supervisor') {
      refuse('须由监督方签名', 'A supervisor named by this freeze must sign', 'not-supervisor');
    }
  }
  const due = freeze.kind === 'walk' && freeze.strata.some((stratum) => stratum.isPredictable);
  if (due && !consents.some((consent) => consent.reason === 'predictable')) noConsent();
  return consents;
}

function noConsent() {
  refuse('应有监督方签名而没有', 'A consent of the supervisor is due and missing', 'no-consent');
}

/** The party that signed a structure about this freeze, named in `member`. */
async function signedBy(freeze, value, kind, member) {
  const given = new Members(value, kind);
  const by = freeze.parties.find((party) => party.party === value[member]);
  const about = given.text('draw') === freeze.draw && given.text('freeze_hash') === freeze.hash;
  if (by === undefined || !about) {
    refuse('签名不属于此次冻结的参与方', 'A signature is not of a party of this freeze', 'wrong-attempt');
  }
  await checkSignature(value, by.key);
  return by;
}

async function checkAttempts(freeze, attempts) {
  const removed = new Set();
  for (const [at, attempt] of attempts.entries()) {
    const last = at === attempts.length - 1;
    if (attempt.attempt !== at + 1 || (attempt.voids.length === 0) !== last) {
      refuse('轮次编号或作废不连续', 'The attempts do not follow each other', 'wrong-attempt');
    }
    if (last) break;
    for (const item of attempt.voids) {
      const by = await signedBy(freeze, item, 'draw-void', 'by');
      if (by.role !== 'supervisor' || item.attempt !== attempt.attempt) {
        refuse('作废须由监督方签名', 'A supervisor must sign a void', 'wrong-attempt');
      }
      removed.add(item.party);
    }
  }
  const attempt = attempts.at(-1);
  await checkCommits(freeze, attempt, removed);
  return { attempt, seed: seedOf(freeze, attempt) };
}

async function checkCommits(freeze, attempt, removed) {
  const wanted = activeParties(freeze.parties, removed);
  const about = (commit) =>
    commit.draw === freeze.draw && commit.attempt === attempt.attempt && commit.freeze_hash === freeze.hash;
  const named = attempt.commits.map((commit) => commit.party).join() === wanted.map((one) => one.party).join();
  if (!named || !attempt.commits.every(about)) {
    refuse('承诺不齐，或不属于此次冻结', 'The commitments are not those of this freeze', 'wrong-commits');
  }
  for (const [at, commit] of attempt.commits.entries()) {
    new Members(commit, 'draw-commit');
    await checkSignature(commit, wanted[at].key);
  }
  if (attempt.commits.every((commit) => commit.tool === 'platform-page')) {
    refuse('没有一个随机数来自平台程序以外', "No nonce comes from outside the platform's code", 'all-by-platform');
  }
}

function seedOf(freeze, attempt) {
  const { draw, hash: freezeHash } = freeze;
  const nonces = attempt.commits.map((commit, at) => {
    const reveal = new Members(attempt.reveals[at] ?? {}, 'draw-reveal');
    const nonce = reveal.octets('nonce', 32);
    const named = canonical(Object.fromEntries(ROUND.map((name) => [name, commit[name]])));
    const about = ['draw', 'attempt', 'party'].every((name) => reveal.take(name) === commit[name]);
    if (!about || b64u(digest(concat(utf8('yg/nonce/v1'), named, nonce))) !== commit.commitment) {
      refuse('公开的随机数与承诺不符', 'A nonce is not the one committed to', 'wrong-nonce');
    }
    return { party: commit.party, nonce: b64u(nonce) };
  });
  if (attempt.reveals.length !== nonces.length || (freeze.beacon === null) !== (attempt.beacon === null)) {
    refuse('公开的随机数或信标不齐', 'The nonces or the beacon are not those of the attempt', 'wrong-nonce');
  }
  const value = {
    draw,
    attempt: attempt.attempt,
    freeze_hash: freezeHash,
    commits: attempt.commits.map((commit) => b64u(digest(canonical(commit)))),
    nonces,
    beacon: attempt.beacon,
  };
  return digest(concat(utf8('yg/draw/v1\n'), canonical(value)));
}

function activeParties(parties, removed) {
  const main = parties.filter((party) => party.standsInFor === null);
  const holders = main.map((seat) => {
    const bench = [seat, ...parties.filter((party) => party.standsInFor === seat.party)];
    return bench.find((party) => !removed.has(party.party));
  }).filter((holder) => holder !== undefined);
  if (holders.length < 2 || !holders.some((party) => party.role === 'supervisor')) {
    refuse('剩余参与方不足两方或没有监督方', 'Fewer than two parties are left, or no supervisor', 'no-party');
  }
  return holders.sort((a, b) => (a.party < b.party ? -1 : 1));
}

/** Names and unit tags of the leaves that the file opens. */
function openLeaves(file) {
  const known = new Set(file.leaves.flat());
  const [names, tags] = [new Map(), new Map()];
  for (const opening of file.opened) {
    const leaf = b64u(leafHash(opening));
    if (!known.has(leaf)) wrongOpening();
    const { id, tag } = readOpening(opening.subarray(32));
    names.set(leaf, id);
    tags.set(leaf, tag);
  }
  if (file.pool !== null) openPool(file.pool, known, names, tags);
  return { names, tags };
}

function readOpening(raw) {
  try {
    const given = new Members(parse(raw));
    const id = given.text('id');
    const tag = given.maybe('unit_tag', (name) => b64u(given.octets(name, 32)));
    given.take('attributes');
    given.end();
    return { id, tag };
  } catch (cause) {
    if (cause instanceof Refusal) wrongOpening();
    throw cause;
  }
}

/** Candidates whose leaves follow from the key of the draw; whether none is missing is not asked. */
function openPool(pool, known, names, tags) {
  const given = new Members(pool);
  const key = given.octets('key', 32);
  for (const { id, unit, attributes } of given.array('candidates', objectItem, 0, LIST_LIMIT)) {
    const tag = unit === null ? null : b64u(mac(key, utf8(`yg/draw-unit/v1\0${unit}`)));
    const salt = mac(key, utf8(`yg/draw-salt/v1\0${id}`));
    const leaf = b64u(leafHash(concat(salt, canonical({ id, unit_tag: tag, attributes }))));
    if (known.has(leaf)) {
      names.set(leaf, id);
      tags.set(leaf, tag);
    }
  }
}

function walkAgain(freeze, file, seed, tags, consents) {
  const rows = freeze.strata.map(({ stratum, quota }, at) => ({
    stratum,
    quota,
    order: drawOrder(seed, stratum, file.leaves[at]),
  }));
  const limit = new Members(freeze.walk);
  const cap = recordedCap(limit.maybe('unit_cap', (name) => limit.whole(name, 1)), tags, file.steps);
  const walk = new Walk(rows, cap);
  for (const step of file.steps) {
    if (REPORTED.includes(step.code)) walk.unseat(step.stratum, step.leaf, step.code);
  }
  const numbered = walk.skips.map((skip, number) => ({ number, ...skip }));
  if (!same({ steps: numbered }, { steps: file.steps })) wrongSteps();
  return freeze.strata.map(({ stratum, quota }) => {
    const signed = consents.filter((one) => one.reason === 'skips' && one.stratum === stratum);
    const skipped = walk.skips.filter((skip) => skip.stratum === stratum).length;
    if (skipped > Math.max(quota, ...signed.map((one) => one.count))) noConsent();
    const leaves = walk.seats.get(stratum);
    return { stratum, leaves, short: quota - leaves.length };
  });
}

const same = (a, b) => b64u(canonical(a)) === b64u(canonical(b));

function wrongOpening() {
  refuse('公开的候选人不在冻结的名册中', 'A candidate shown does not stand in the frozen pool', 'wrong-opening');
}
