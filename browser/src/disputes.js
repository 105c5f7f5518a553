/** Disputes about a share: who sealed or posted what does not fit, officer or bidder. */

import { FILE_KEY_LENGTH, fileKey, readWithFileKey, recipientOf } from './age.js';
import { HASH_LENGTH, readKind, readShareText } from './binding.js';
import { sameBytes } from './bytes.js';
import { b64u, structure } from './encoding.js';
import { checkPosted } from './envelopes.js';
import { Refusal, refuse } from './errors.js';
import { Members } from './members.js';
import { HOLDER_LIMIT } from './sharing.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';

export const OFFICER = 'officer'; // the sealed share was good
export const BIDDER = 'bidder'; // what was sealed is not what was committed to

/** `yg/share-dispute/v1`: exactly one of `fileKey` and `identity`, the other null. */
export const signDispute = (dispute, key) =>
  signed(
    structure('share-dispute', {
      tender: dispute.tender,
      manifest_hash: b64u(dispute.manifestHash),
      bid_pub: b64u(dispute.bidPub),
      kind: dispute.kind,
      i: dispute.i,
      file_key: dispute.fileKey === null ? null : b64u(dispute.fileKey),
      identity: dispute.identity,
    }),
    key,
  );

/** The dispute of a structure: form (`malformed`), then the organisation's signature. */
export async function readDispute(value, key) {
  const given = new Members(value, 'share-dispute');
  const read = {
    tender: given.tender(),
    manifestHash: given.octets('manifest_hash', HASH_LENGTH),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    kind: readKind(given),
    i: given.whole('i', 1, HOLDER_LIMIT),
    fileKey: given.maybe('file_key', (name) => given.octets(name, FILE_KEY_LENGTH)),
    identity: given.maybe('identity', (name) => given.text(name)),
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  if ((read.fileKey === null) === (read.identity === null)) {
    refuse('应恰有一项证据', 'Exactly one of file_key and identity is needed');
  }
  await checkSignature(value, key);
  return read;
}

/** Whose cause the evidence shows; `no-evidence` for evidence that is not this share's own. */
export function judge(dispute, sealed, bound) {
  const same =
    dispute.tender === bound.tender &&
    sameBytes(dispute.manifestHash, bound.manifestHash) &&
    sameBytes(dispute.bidPub, bound.bidPub) &&
    dispute.kind === bound.kind;
  if (!same) noEvidence();
  const key = dispute.identity === null ? dispute.fileKey : keyByIdentity(dispute.identity, sealed);
  const text = key === null ? null : textOf(key, sealed);
  if (text === null) return BIDDER;
  return orOnRefusal(() => {
    const share = readShareText(text, bound, dispute.i);
    checkPosted(bound, dispute.i, share, sealed.commitment);
    return OFFICER;
  }, () => BIDDER);
}

function keyByIdentity(identity, sealed) {
  const recipient = orOnRefusal(() => recipientOf(identity), () => '');
  if (recipient !== sealed.recipient) noEvidence();
  return orOnRefusal(() => fileKey(identity, sealed.sealed), () => null);
}

function textOf(key, sealed) {
  return orOnRefusal(
    () => readWithFileKey(key, sealed.sealed),
    (refusal) => (refusal.code === 'sealed-body' ? null : noEvidence()),
  );
}

function orOnRefusal(attempt, otherwise) {
  try {
    return attempt();
  } catch (cause) {
    if (cause instanceof Refusal) return otherwise(cause);
    throw cause;
  }
}

function noEvidence() {
  throw new Refusal(
    'no-evidence',
    '所附密钥不能证明这份份额，另行举证',
    'The key given proves nothing about this share',
  );
}
