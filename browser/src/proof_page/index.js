/**
 * A page that shows that something is in the public record checks it, at once and whenever a part of
 * the page was put in place anew (event `renewed`): the proof is fetched, the entry hashed up to the
 * root of the checkpoint, and where a trust file is at hand (only in a demonstration, for a site
 * cannot vouch for itself) the signatures of log and witnesses as well.
 */

import { unbase64 } from '../bytes.js';
import { NOTE_LIMIT, PROOF_LIMIT, parseNote } from '../checkpoints.js';
import { canonical } from '../encoding.js';
import { readEntry } from '../entries.js';
import { Refusal } from '../errors.js';
import { checkInclusion } from '../inclusions.js';
import { Members, octetsOf } from '../members.js';
import { verifyInclusion } from '../merkle.js';
import { readTrust } from '../trust.js';

const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

class Absent extends Error {}

/** The bytes at an address of this host; `Absent` if it does not answer with them. */
async function bytesAt(address) {
  const answer = await fetch(address, { credentials: 'omit' }).catch(() => null);
  if (answer === null || !answer.ok) throw new Absent(address);
  return new Uint8Array(await answer.arrayBuffer());
}

/** That the entry stands under the root which the checkpoint states, whoever signed that. */
function checkUnsigned(value) {
  const given = new Members(value, 'inclusion');
  const [entry, index] = [readEntry(canonical(given.take('entry'))), given.whole('index')];
  const proof = given.array('proof', octetsOf(32), 0, PROOF_LIMIT);
  const [, size, root] = parseNote(given.text('checkpoint', 1, NOTE_LIMIT)).text.split('\n');
  given.end();
  verifyInclusion(entry.leaf, index, Number(size), proof, unbase64(root));
  return { index };
}

/** Check one box; what was found is said in it. */
async function checkBox(box) {
  const said = box.querySelector('[data-proof-said]');
  const tell = (kind, words) => {
    said.classList.add(kind);
    said.textContent = words;
  };
  try {
    const value = JSON.parse(new TextDecoder().decode(await bytesAt(`/log/proof/${box.dataset.proof}`)));
    const trust = box.dataset.trust ? readTrust(await bytesAt(box.dataset.trust)) : null;
    const found = trust === null ? checkUnsigned(value) : await checkInclusion(value, trust);
    if (found.index !== Number(box.dataset.proof)) throw new Absent('another entry');
    tell('holds', trust === null ? said.dataset.holds : said.dataset.signed);
  } catch (cause) {
    if (cause instanceof Refusal) tell('fails', `${said.dataset.fails} ${cause.words(language)}`);
    else if (cause instanceof Absent || cause instanceof SyntaxError) tell('fails', said.dataset.absent);
    else throw cause;
  }
}

const checkAll = (part) => part.querySelectorAll('[data-proof]').forEach(checkBox);

document.addEventListener('renewed', ({ target }) => checkAll(target));
checkAll(document);
