/**
 * An agency's enrolment made in its browser: the price is sealed to the timekeepers here, the whole
 * signed with the organisation's key; the platform gets ciphertext and signature alone.
 */

import { b64u, canonical, unb64u } from '../encoding.js';
import { enrolmentHash, quoteBinding, quoteFacts, sealQuote, signEnrolment } from '../enrolments.js';
import { Malformed, Refusal } from '../errors.js';
import { Members } from '../members.js';
import { sealScheme } from '../schemes.js';
import { checkSignature } from '../signing.js';
import { readTimeManifest, timeManifestHash } from '../timekeeping.js';
import { sameBytes } from '../bytes.js';

const PRICE_LIMIT = 1e13; // fen
const SCHEME_LIMIT = 3.5 * 1024 * 1024; // bytes of a scheme; with padding it fits the ciphertext

/** Whole fen of an amount in yuan as people write it; `bad-price`. @param {string} typed */
export function fenOf(typed) {
  const text = typed.trim().replaceAll(/[,，\s]/g, '');
  const found = /^(\d{1,11})(?:\.(\d{1,2}))?$/.exec(text);
  const fen = found === null ? 0 : Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
  if (found === null || fen <= 0 || fen >= PRICE_LIMIT) {
    throw new Refusal('bad-price', '报价应为大于零的金额，至多两位小数', 'The quote is an amount above zero with two decimals at most');
  }
  return fen;
}

/** Refuse an amount that would not count: `beyond-limits`. */
export function checkLimits(fen, { ceiling, floor }) {
  if (fen > ceiling || (floor !== null && fen < floor)) {
    throw new Refusal('beyond-limits', '报价超出公告的限价范围，不会计入', 'The quote lies beyond the limits of the notice and would not count');
  }
}

/** A scheme as the envelope takes it, one PDF; `bad-scheme`. @param {{ name: string, size: number }} file */
export function schemeOf(file) {
  const isPdf = file !== undefined && file.name.toLowerCase().endsWith('.pdf');
  if (!isPdf || file.size === 0 || file.size > SCHEME_LIMIT) {
    throw new Refusal('bad-scheme', '请选择方案文件：PDF，不超过3.5MB', 'Choose the scheme: one PDF of at most 3.5 MB');
  }
  return { extension: 'pdf', length: file.size, pieces: file };
}

/** The timekeepers of a demand, each with a key that the trust file pins; `keeper-not-pinned`. */
export async function keepersOf(said, trust) {
  const manifest = await readTimeManifest(said.manifest);
  const { subject, round } = manifest.occasion;
  if (subject !== said.demand || round !== said.round) throw otherDemand();
  for (const held of manifest.recipients) {
    const pinned = trust.organisations.some(
      (one) => one.uscc === held.organisation.uscc && sameBytes(one.public, held.key),
    );
    if (!pinned) {
      throw new Refusal(
        'keeper-not-pinned',
        `信任文件没有守时人 ${held.organisation.name} 的此密钥，不能向其封装`,
        `The trust file does not pin this key of ${held.organisation.name}; nothing is sealed to it`,
      );
    }
  }
  return manifest;
}

/**
 * The body to hand in, and the hash of the act. @param {object} said what the platform says of the
 * demand @param {{ uscc: string, key: object }} signer @param {number | null} fen; `documents` are
 * the scheme: sealed by itself, for reviewers alone, and named by the price
 */
export async function makeEnrolment(said, signer, trust, { fen = null, documents = [], leaving = false } = {}) {
  if (signer.uscc !== said.agency) {
    throw new Refusal('other-organisation', '密钥文件属于另一单位', 'The key file is of another organisation');
  }
  const held = {
    subject: said.demand,
    round: said.round,
    termsHash: unb64u(said.terms_hash, 32),
    manifestHash: null,
    amendment: said.amendment,
    agency: signer.uscc,
    seq: said.last === null ? 0 : said.last.seq + 1,
    previous: said.last === null ? null : unb64u(said.last.hash, 32),
    envelope: null,
    key: signer.key.public,
    isWithdrawal: leaving,
    scheme: null,
  };
  let [ciphertext, scheme] = [null, null];
  if (said.sealed && !leaving) {
    const manifest = await keepersOf(said, trust);
    held.manifestHash = timeManifestHash(manifest);
    const bound = quoteBinding(held.subject, held.manifestHash, held.amendment, held.key);
    const [sealed, pieces] = [[], []];
    if (documents.length > 0) {
      held.scheme = await sealScheme(bound, manifest, documents, (piece) => sealed.push(piece));
      scheme = b64u(joined(sealed));
    }
    const facts = quoteFacts(fen, held.scheme);
    held.envelope = await sealQuote(bound, manifest, facts, (piece) => pieces.push(piece));
    ciphertext = b64u(joined(pieces));
  }
  const made = await signEnrolment(held, signer.key);
  return { act: b64u(made.raw), ciphertext, scheme, hash: enrolmentHash(made) };
}

/** The receipt, found to be of exactly this act and signed by the platform: `receipt-differs`. */
export async function checkReceipt(value, hash, trust) {
  const given = new Members(value, 'enrolment-receipt');
  const same = sameBytes(given.octets('enrolment_hash', 32), hash);
  for (const key of trust.receipts) {
    try {
      await checkSignature(value, key);
      if (same) return value;
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
    }
  }
  throw new Refusal(
    'receipt-differs',
    '回执与所提交的内容不符，保留密钥文件并立即联系监督部门',
    'The receipt is not for what was sent; tell the supervisor at once',
  );
}

/** The bytes of a structure, as a file to keep. */
export const fileOf = (value) => canonical(value);

const otherDemand = () =>
  new Refusal('other-occasion', '守时人的密钥属于另一项目', "The timekeepers' keys are of another job");

function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
