/**
 * An agency's scheme, sealed beside its price: opened for reviewers, published nowhere.
 *
 * It has an envelope of its own, of kind `scheme`, in the same signed enrolment; the price is
 * everybody's to open once the timekeepers have released.
 */

import { bindJson, checkBind } from './binding.js';
import { fresh } from './chance.js';
import { structure } from './encoding.js';
import { SCHEME, checkSealed, itsMakers, rebuilt, schemeBinding } from './enrolments.js';
import { openCiphertext, sealEnvelope } from './envelopes.js';
import { refuse } from './errors.js';
import { Members } from './members.js';
import { pack, unpack } from './payload.js';
import { NEEDED, timeSeats } from './timekeeping.js';

/**
 * Seal a scheme to the timekeepers of a quote, whose header is `quote`: the ciphertext goes to `sink`.
 * Draws the nonce of `bind.json` (32 bytes), the payload's random bytes (32), then as `sealEnvelope`.
 */
export async function sealScheme(quote, manifest, documents, sink, chance = fresh) {
  const own = { ...quote, kind: SCHEME };
  const payload = pack(SCHEME, bindJson(own, chance), structure('scheme', {}), documents, chance);
  const { envelope } = await sealEnvelope(own, timeSeats(manifest), NEEDED, payload, sink, chance);
  return envelope;
}

/**
 * The documents of an enrolment's scheme, at least one. Refused: `ciphertext-differs` (can be supplied
 * again); `ill-sealed` for anything that only its maker can have caused.
 */
export async function openScheme(held, manifest, identities, ciphertext, sinkFor) {
  checkSealed(held, manifest);
  const bound = schemeBinding(held);
  try {
    const identity = rebuilt(held.scheme, bound, manifest, identities);
    const payload = await unpack(SCHEME, openCiphertext(identity, held.scheme, ciphertext), sinkFor);
    checkBind(payload.bind, bound);
    new Members(payload.main, 'scheme').end();
    if (payload.documents.length === 0) {
      refuse('方案信封中没有文件', "The scheme's envelope holds no document", 'no-scheme');
    }
    return payload.documents;
  } catch (cause) {
    throw itsMakers(cause);
  }
}
