/**
 * The corrected price of a bid, confirmed or not by the bid key on the anonymous host. What was
 * corrected is asked with the `yg/price-query/v1` of a low offer.
 */

import { b64u, structure } from './encoding.js';
import { Members } from './members.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';

/**
 * `yg/price-confirmation/v1`: whether the bidder confirms this corrected amount, in fen. It names the
 * amount, so that it never binds the bidder to another one.
 */
export const signPriceConfirmation = ({ tender, amount, confirmed }, key) =>
  signed(structure('price-confirmation', { tender, bid_pub: b64u(key.public), amount, confirmed }), key);

/** The confirmation of a structure: form (`malformed`), then signature (`bad-signature`). */
export async function readPriceConfirmation(value) {
  const given = new Members(value, 'price-confirmation');
  const read = {
    tender: given.tender(),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    amount: given.whole('amount', 1),
    confirmed: given.truth('confirmed'),
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  await checkSignature(value, read.bidPub);
  return read;
}
