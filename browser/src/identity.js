/**
 * `identity.json`: who bids, in a small envelope of its own, signed by the organisation.
 *
 * A bid stands for an organisation only if its registered key signed this *and* the deposit is its
 * own: either alone proves too little.
 * @typedef {{ uscc: string, consortium: string[], tender: string, manifestHash: Uint8Array,
 *   amendment: number, bidPub: Uint8Array,
 *   envelopes: { kind: string, payloadHash: Uint8Array }[], inv: Uint8Array }} Identity
 */

import { AMENDMENT_LIMIT, HASH_LENGTH, readKind } from './binding.js';
import { LENGTH } from './blindkeys.js';
import { sameBytes } from './bytes.js';
import { b64u, structure } from './encoding.js';
import { Refusal, refuse } from './errors.js';
import { Members, usccItem } from './members.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, keyId, signed } from './signing.js';

const CONSORTIUM_LIMIT = 20; // other members; more do not fit the 4 KiB class
const ENVELOPE_LIMIT = 4;

/** The structure, naming and signed by the organisation's registered key. @param {Identity} said */
export const signIdentity = (said, key) =>
  signed(
    structure('identity', {
      uscc: said.uscc,
      consortium: [...said.consortium],
      tender: said.tender,
      manifest_hash: b64u(said.manifestHash),
      amendment: said.amendment,
      bid_pub: b64u(said.bidPub),
      envelopes: said.envelopes.map((one) => ({ kind: one.kind, payload_hash: b64u(one.payloadHash) })),
      inv: b64u(said.inv),
      org_key_id: keyId(key.public),
    }),
    key,
  );

/** The identity and the name of the key that it says signed it; form only (`malformed`). */
export function readIdentity(value) {
  const given = new Members(value, 'identity');
  const identity = {
    uscc: given.uscc(),
    consortium: given.array('consortium', usccItem, 0, CONSORTIUM_LIMIT),
    tender: given.tender(),
    manifestHash: given.octets('manifest_hash', HASH_LENGTH),
    amendment: given.whole('amendment', 0, AMENDMENT_LIMIT),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    envelopes: given.array('envelopes', readPayloadName, 1, ENVELOPE_LIMIT),
    inv: given.octets('inv', LENGTH),
  };
  const orgKeyId = b64u(given.octets('org_key_id', HASH_LENGTH));
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  const { consortium } = identity;
  if (consortium.includes(identity.uscc) || consortium.some((one, at) => at > 0 && consortium[at - 1] >= one)) {
    refuse('联合体成员次序不对或重复', 'Members of the consortium are out of order or twice');
  }
  return { identity, orgKeyId };
}

/**
 * Refuse unless a registered key of the organisation signed. `registered` maps key ids of that
 * credit code to public keys. Refused: `unknown-organisation-key`, `bad-signature`.
 */
export async function checkIdentitySignature(value, uscc, registered) {
  const name = value.org_key_id;
  const key = typeof name === 'string' ? registered.get(name) : undefined;
  if (key === undefined || keyId(key) !== name) {
    throw new Refusal(
      'unknown-organisation-key',
      `${uscc} 没有登记过这把签名密钥`,
      `${uscc} has registered no such signing key`,
    );
  }
  await checkSignature(value, key);
}

/** Refuse (`identity-differs`) an identity that speaks of another bid than it came with. */
export function checkIdentity(identity, bound, kinds) {
  const others = kinds.filter((kind) => kind !== 'identity');
  const named = identity.envelopes.map((one) => one.kind);
  const same =
    identity.tender === bound.tender &&
    sameBytes(identity.manifestHash, bound.manifestHash) &&
    identity.amendment === bound.amendment &&
    sameBytes(identity.bidPub, bound.bidPub) &&
    named.join() === others.join();
  if (!same) {
    throw new Refusal(
      'identity-differs',
      '身份文件所写与本次提交不符',
      'The identity speaks of another bid than the one it came with',
    );
  }
}

/** Refuse (`payload-differs`) an envelope that is not the one the organisation signed for. */
export function checkPayload(identity, kind, found) {
  const named = identity.envelopes.findLast((one) => one.kind === kind);
  if (named === undefined || !sameBytes(named.payloadHash, found)) {
    throw new Refusal(
      'payload-differs',
      '信封内容不是该单位签名确认的内容',
      'The envelope is not the one that the organisation signed for',
    );
  }
}

function readPayloadName(item) {
  const given = new Members(item);
  const named = { kind: readKind(given), payloadHash: given.octets('payload_hash', HASH_LENGTH) };
  given.end();
  return named;
}
