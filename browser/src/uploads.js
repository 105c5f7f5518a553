/** Upload tickets: the right to leave one ciphertext on the anonymous host, as one header. */

import { BID_KINDS, NONCE_LENGTH } from './binding.js';
import { fresh } from './chance.js';
import { b64u, canonical, parse, structure, unb64u } from './encoding.js';
import { refuse } from './errors.js';
import { Members } from './members.js';
import { LAST_CLASS, isSealedLength } from './payload.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';
import { readToken, tokenJson } from './tokens.js';

const HEADER_LIMIT = 4096; // characters of the header's value

/** The value of the header `Upload-Token`. Draws the nonce, 32 bytes. @returns {Promise<string>} */
export async function writeTicket(tender, length, token, key, chance = fresh) {
  const stated = structure('upload', {
    tender,
    length,
    token: tokenJson(token),
    bid_pub: b64u(key.public),
    nonce: b64u(chance(NONCE_LENGTH)),
  });
  return b64u(canonical(await signed(stated, key)));
}

/** The ticket of a header's value: form (`malformed`), then signature (`bad-signature`). */
export async function readTicket(header) {
  if (header.length > HEADER_LIMIT) refuse('上传凭证过长', 'The upload ticket is too long');
  const value = parse(unb64u(header));
  const given = new Members(value, 'upload');
  const ticket = {
    tender: given.tender(),
    length: given.whole('length', 1, 2 * LAST_CLASS),
    token: readToken(given.take('token')),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    nonce: given.octets('nonce', NONCE_LENGTH),
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  if (!BID_KINDS.some((kind) => isSealedLength(kind, ticket.length))) {
    refuse('密文长度不属于约定的等级', 'No envelope of a bid has a ciphertext of this size');
  }
  await checkSignature(value, ticket.bidPub);
  return ticket;
}
