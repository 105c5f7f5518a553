/**
 * What a side of a service contract signs: read from the page's exact text, compared with what the
 * page shows of it, hashed and signed here. The platform's own bytes are never signed unseen.
 *
 * The twin of `intermediaries/orders/rules/` (contract, supplement). A statement is one
 * `yg/service-…/v1` with `owner`, `agency`, `side` and its terms in clear; its hash is that of the
 * terms without the side.
 */

import { hex, utf8 } from '../bytes.js';
import { canonical, digest, parse, typeOf } from '../encoding.js';
import { Refusal, refuse } from '../errors.js';
import { Members } from '../members.js';
import { signed } from '../signing.js';

const STATEMENT_LIMIT = 64 * 1024; // bytes
const KIND = /^yg\/service-(?:contract|supplement)\/v1$/;
const SIDES = ['owner', 'agency'];
const UNSHOWN = new Set(['type', 'suite', 'side']); // what it is and who signs: checked otherwise
const FEN = /_fen$/;

/**
 * The statement that a text writes; its own signature is no part of it. Refused: `malformed`,
 * `wrong-type` for whatever is no contract of a service.
 * @param {string} text @returns {Record<string, unknown>}
 */
export function readStatement(text) {
  const value = parse(utf8(text.trim()), STATEMENT_LIMIT);
  if (!KIND.test(typeOf(value))) {
    refuse('这不是服务合同的文本，不在此签名', 'This is no text of a service contract; nothing is signed', 'wrong-type');
  }
  const given = new Members(value);
  given.uscc('owner');
  given.uscc('agency');
  given.choice('side', SIDES);
  if ('signature' in value) refuse('待签文本不应含签名', 'A text to sign holds no signature yet');
  return value;
}

/** The name of the terms in the public record, in hex. @param {Record<string, unknown>} statement */
export function termsHash(statement) {
  const { side: _, ...terms } = statement;
  return hex(digest(canonical(terms)));
}

/**
 * Go on only if every term is on the page as it is signed, and the page names the same hash:
 * `shown-differs`, `hash-differs`.
 * @param {Record<string, unknown>} statement @param {Map<string, string | string[]>} shown what
 * stands on the page by the names of the terms @param {string} hash hex, as the platform keeps it
 */
export function checkShown(statement, shown, hash) {
  for (const [name, value] of Object.entries(statement)) {
    if (!UNSHOWN.has(name) && !isShown(name, value, shown.get(name))) {
      throw new Refusal(
        'shown-differs',
        `页面显示与待签文本不一致（${name}），不予签名；请重新打开页面，仍不一致时联系监督部门`,
        `The page shows something else than its text says (${name}); nothing is signed. Open the page again, and tell the supervisor if it stays so`,
      );
    }
  }
  if (termsHash(statement) !== hash) {
    throw new Refusal(
      'hash-differs',
      '本页算出的合同散列值与平台记录不一致，不予签名；请重新打开页面后核对',
      'The hash computed here is not the one that the platform keeps; nothing is signed. Open the page again and compare',
    );
  }
}

/**
 * The statement signed, as it is handed in. The key must be of the organisation of its side:
 * `other-organisation`.
 * @param {{ uscc: string, key: import('../signing.js').SigningKey }} signer
 * @returns {Promise<string>}
 */
export async function signStatement(statement, signer) {
  if (signer.uscc !== statement[statement.side]) {
    throw new Refusal('other-organisation', '密钥文件属于另一单位', 'The key file is of another organisation');
  }
  return new TextDecoder().decode(canonical(await signed(statement, signer.key)));
}

/** Fen of an amount as pages write it: `¥ 88,000.00`, `¥ -500.00`. */
function fenShown(text) {
  const plain = text.replaceAll(/[¥,\s]/g, '');
  return /^-?\d+\.\d\d$/.test(plain) ? Number(plain.replace('.', '')) : null;
}

function isShown(name, value, shown) {
  if (Array.isArray(value)) {
    return Array.isArray(shown) && shown.length === value.length && value.every((one, at) => same(one, shown[at]));
  }
  if (typeof shown !== 'string') return false;
  return FEN.test(name) ? fenShown(shown) === value : same(String(value), shown);
}

/** Pages turn every line end into one sign; what stands around a text is the page's own. */
const same = (text, shown) =>
  typeof text === 'string' && text.replaceAll('\r\n', '\n').trim() === shown.trim();
