/** The rehearsal: its one share opened and handed in; a real share is refused here. */

import { binding } from '../binding.js';
import { canonical, digest } from '../encoding.js';
import { openShare, readEnvelope } from '../envelopes.js';
import { Refusal, refuse } from '../errors.js';
import { rehearsalHash } from '../manifest.js';
import { Members, textItem } from '../members.js';
import { signShareBatch } from '../opening.js';
import { checkSigner } from './seat.js';

/** Rehearse a seat; what the platform answered. @returns {Promise<{ rehearsed: number, officers: number }>} */
export async function rehearse(seat, pool, signer, platform) {
  checkSigner(seat, signer);
  const path = `/api/v1/tenders/${seat.no}/rehearsal/shares`;
  const answer = new Members(await platform.get(path));
  const [i, value] = [answer.whole('seat', 1), answer.take('sheet')];
  answer.end();
  const { bound, envelope, recipients } = readSheet(value, seat.no);
  const identity = pool.get(recipients[i - 1]);
  if (identity === undefined) {
    throw new Refusal(
      'not-my-key',
      '所选密钥池中没有为此席位交出的密钥，请选当时的密钥池文件',
      'The pool does not hold the key that was given for this seat; choose the file it came from',
    );
  }
  const share = openShare(identity, envelope.shares[i - 1], bound, i);
  const batch = await signShareBatch(
    {
      tender: seat.no,
      manifestHash: bound.manifestHash,
      round: 0,
      closingHash: digest(canonical(value)),
      i,
      recipient: recipients[i - 1],
      shares: [{ bidPub: bound.bidPub, kind: bound.kind, share }],
      refused: [],
      rehearsal: true,
    },
    signer.key,
  );
  return platform.post(path, batch);
}

function readSheet(value, tender) {
  const given = new Members(value, 'rehearsal-sheet');
  const named = given.tender();
  const recipients = given.array('recipients', textItem, 3, 15);
  const [nonce, bidPub] = [given.octets('nonce', 32), given.octets('bid_pub', 32)];
  given.whole('k', 2);
  const envelope = readEnvelope(given.take('envelope'));
  given.end();
  if (named !== tender || envelope.shares.map((share) => share.recipient).join() !== recipients.join()) {
    refuse('演练内容与此项目不符', 'The rehearsal is not that of this tender');
  }
  const bound = binding(tender, rehearsalHash(tender, recipients, nonce), 0, 'identity', bidPub, true);
  return { bound, envelope, recipients };
}
