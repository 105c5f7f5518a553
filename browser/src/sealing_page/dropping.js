/**
 * A submission that the platform refused or never answered, left with the witness: proof that it was
 * sent in time. The file is carried there by its bidder, for this page speaks to no third host; it is
 * a signed act, which names no bidder. The witness's dated word comes back the same way. One word is
 * enough; where the trust file names several witnesses, one of each is kept, all about the same act.
 */

import { sameBytes, utf8 } from '../bytes.js';
import { digest, parse, unb64u } from '../encoding.js';
import { Malformed, Refusal } from '../errors.js';
import { readDropReceipt } from '../receipts.js';
import { versionsOf } from './bids.js';

/** The newest version, if it was sent and has no receipt; null otherwise. */
export function unreceipted(book, tender) {
  const last = versionsOf(book, tender).at(-1);
  return last !== undefined && last.sent && last.outcome !== 'accepted' ? last : null;
}

/** The word of a pinned witness about exactly this version; `bad-signature`, `drop-differs`. */
export async function readWord(trust, version, value) {
  const raw = unb64u(version.act);
  const { witness, read } = await pinnedWord(trust, value);
  if (!sameBytes(read.submissionHash, digest(raw)) || read.tender !== parse(raw).tender) {
    throw new Malformed('drop-differs', '见证人答复的是另一份提交', 'The witness speaks of another submission');
  }
  return { witness: witness.name, at: read.at };
}

async function pinnedWord(trust, value) {
  for (const [at, witness] of trust.witnesses.entries()) {
    try {
      return { witness, read: await readDropReceipt(value, witness.public) };
    } catch (cause) {
      if (!(cause instanceof Refusal) || at === trust.witnesses.length - 1) throw cause;
    }
  }
  throw new Malformed('bad-signature', '信任文件中没有见证人', 'The trust file pins no witness');
}

/** The words that are kept about a version, one of each witness. */
export const wordsOf = (version) => [version.dropped ?? []].flat();

/**
 * Take the witness's word into the book, beside those of other witnesses; a line's end that a program
 * has put behind it is no part of it.
 */
export async function keepWord({ book, trust }, version, raw) {
  const value = parse(utf8(new TextDecoder().decode(raw).trimEnd()));
  const { witness } = await readWord(trust, version, value);
  const said = await Promise.all(wordsOf(version).map((one) => readWord(trust, version, one)));
  version.dropped = [...wordsOf(version).filter((_, at) => said[at].witness !== witness), value];
  await book.save();
}
