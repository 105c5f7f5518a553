/** The trust file: what a reader takes as given, because it came to him by another road. */

import { COSIGNER, LOG, checkName, parseKey, verifyCheckpoint } from './checkpoints.js';
import { b64u, digest, parse } from './encoding.js';
import { refuse } from './errors.js';
import { Members, textItem, word } from './members.js';
import { PUBLIC_LENGTH, checkPublic } from './signing.js';

const KEY_TEXT_LIMIT = 320; // characters of a verifier key

/**
 * The trust file that these bytes are; anything unsound in it is `malformed`. `hash` is what notices
 * print.
 */
export function readTrust(raw) {
  const given = new Members(parse(raw), 'trust');
  const origin = given.text('origin');
  checkName(origin);
  const trust = {
    origin,
    logs: given.array('log', verifierKey(LOG)),
    witnesses: given.array('witnesses', verifierKey(COSIGNER)),
    quorum: given.whole('quorum', 1),
    receipts: given.array('receipt', publicKey),
    custodians: given.array('custodian', publicKey),
    organisations: given.array('organisations', organisation),
    isDemo: origin.startsWith('demo/'),
    hash: digest(raw),
  };
  given.end();
  checkSound(trust);
  return trust;
}

/** The checkpoint of a text, signed by a pinned log key and cosigned by the quorum. */
export const checkCheckpoint = (trust, text) =>
  verifyCheckpoint(text, trust.logs, trust.witnesses, trust.quorum);

function checkSound(trust) {
  if (trust.logs.length === 0 || trust.logs.some((key) => key.name !== trust.origin)) {
    refuse('日志公钥的名称与来源不符', "The log's keys do not bear the origin as their name");
  }
  if (trust.quorum > trust.witnesses.length) {
    refuse('见证人少于所需人数', 'There are fewer witnesses than the quorum asks for');
  }
  if (trust.receipts.length === 0) refuse('缺少回执公钥', 'A key of receipts is missing');
  const names = [trust.origin, ...trust.witnesses.map((key) => key.name)];
  const publics = [
    ...[...trust.logs, ...trust.witnesses, ...trust.organisations].map((one) => one.public),
    ...trust.receipts,
    ...trust.custodians,
  ].map(b64u);
  if (new Set(names).size !== names.length || new Set(publics).size !== publics.length) {
    refuse('同一名称或公钥出现两次', 'A name or a key stands for two things');
  }
}

const verifierKey = (kind) => (item) => {
  const text = new Members({ item }).text('item', 1, KEY_TEXT_LIMIT);
  const key = parseKey(text);
  if (key.kind !== kind) refuse('公钥种类不对', 'A verifier key is of the wrong kind');
  return key;
};

const publicKey = (item) => checkPublic(new Members({ item }).octets('item', PUBLIC_LENGTH));

function organisation(item) {
  const given = new Members(item);
  const held = {
    uscc: given.uscc('organisation'),
    name: textItem(given.take('name')),
    role: word(given.take('role')),
    public: publicKey(given.take('key')),
  };
  given.end();
  return held;
}
