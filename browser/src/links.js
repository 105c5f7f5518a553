/** Links, read: which deposits stand behind the bids of a tender, as the custodian answered. */

import { HASH_LENGTH } from './binding.js';
import { LENGTH } from './blindkeys.js';
import { ascending } from './bytes.js';
import { refuse } from './errors.js';
import { Members } from './members.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature } from './signing.js';
import { readToken } from './tokens.js';

const LINK_LIMIT = 10_000;
const REASONS = ['unknown-deposit', 'bad-link', 'no-open-deposit', 'deposit-late'];
const DEPOSIT_KINDS = ['cash', 'guarantee', 'admission'];

/** Tender, closing and links: form (`malformed`), then the platform's signature. */
export const readLinkRequest = (value, platform) => readLinks(value, 'link-request', readLink, platform);

/** Tender, closing and answers: form (`malformed`), then the custodian's signature. */
export const readLinkAnswer = (value, custodian) => readLinks(value, 'link-answer', readLinked, custodian);

async function readLinks(value, kind, reader, key) {
  const given = new Members(value, kind);
  const [tender, closingHash] = [given.tender(), given.octets('closing_hash', HASH_LENGTH)];
  const links = given.array('links', reader, 1, LINK_LIMIT);
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  if (!ascending(links.map((link) => link.bidPub))) {
    refuse('关联次序不对或重复', 'Links are out of order or stand twice');
  }
  await checkSignature(value, key);
  return { tender, closingHash, links };
}

function readLink(item) {
  const given = new Members(item);
  const link = {
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    token: readToken(given.take('token')),
    uscc: given.uscc(),
    inv: given.octets('inv', LENGTH),
  };
  given.end();
  return link;
}

function readLinked(item) {
  const given = new Members(item);
  const hash = (name) => given.octets(name, HASH_LENGTH);
  const linked = {
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    good: given.truth('good'),
    reason: given.maybe('reason', (name) => given.choice(name, REASONS)),
    hBlinded: given.maybe('h_blinded', hash),
    accountCommitment: given.maybe('account_commitment', hash),
    kind: given.maybe('kind', (name) => given.choice(name, DEPOSIT_KINDS)),
  };
  given.end();
  const known = [linked.hBlinded, linked.kind].map((held) => held !== null);
  if (linked.good !== (linked.reason === null) || known.some((one) => one !== linked.good)) {
    refuse('关联答复前后矛盾', 'An answer about a link contradicts itself');
  }
  return linked;
}
