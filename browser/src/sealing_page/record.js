/**
 * The public record as this page uses it: single entries, each with its proof of inclusion under a
 * checkpoint that the trust file's witnesses cosigned, all of them in one growing log.
 *
 * What a proof cannot show is that nothing else is there. So a log that is short enough is read
 * whole and its root rebuilt; of a longer one the page says that this was not done.
 */

import { b64u, parse, unb64u } from '../encoding.js';
import { readEntry } from '../entries.js';
import { Malformed, Refusal } from '../errors.js';
import { checkInclusion } from '../inclusions.js';
import { Members, octetsOf } from '../members.js';
import { nodeHash, verifyConsistency } from '../merkle.js';
import { checkSignature } from '../signing.js';
import { checkCheckpoint } from '../trust.js';
import { jsonOf } from './wire.js';

export const WHOLE_LIMIT = 40_000; // entries that are read through without asking: some 12 MB

const WIDTH = 256; // entries of a bundle
const TRIES = 20; // while the newest head waits for its witness
const PAUSE = 1000; // milliseconds of machine time between two tries

/** The log of one platform as this page has seen it. */
export class Record {
  /**
   * @param {import('./wire.js').Line} line @param {object} trust
   * @param {import('./store.js').Notes} notes where the last checkpoint is kept
   */
  constructor(line, trust, notes) {
    this.line = line;
    this.trust = trust;
    this.notes = notes;
    this.head = null; // the newest checkpoint that held
    this.now = null; // the moment of its last entry, microseconds
    this.seen = 0; // the machine's moment at which that was heard, milliseconds
    this.read = null; // how far the log was read through
    this.whole = null; // every entry that matters here, once the log was read through
  }

  /** Take up the newest witnessed head; it must continue the one seen before. */
  async follow() {
    const head = await this.newest();
    const kept = await this.notes.get(this.place());
    if (kept !== undefined) await this.continues(kept, head);
    this.head = head;
    this.now = (await this.proven(head.size - 1)).entry.at;
    this.seen = performance.now();
    if (this.read !== null) await this.readWhole(this.read.kinds);
    await this.notes.put(this.place(), { size: head.size, root: head.root });
  }

  /** The entries of a kind about a subject, each proven, in their order. */
  async entries(kind, subject) {
    if (this.whole !== null) return this.whole.filter((one) => one.kind === kind && one.subject === subject);
    const path = `/log/entries?subject=${encodeURIComponent(subject)}&type=${encodeURIComponent(kind)}`;
    const { items } = jsonOf(await this.line.get(path));
    const found = [];
    for (const { index } of items ?? []) {
      const { entry } = await this.proven(new Members({ index }).whole('index'));
      if (entry.kind !== kind || entry.subject !== subject) throw wrongEntry();
      found.push(entry);
    }
    return found;
  }

  /** One entry with its proof: what the proof proves. `not-included`, `not-witnessed`, … */
  async proven(index) {
    const { raw } = await this.line.get(`/log/proof/${index}`);
    const found = await checkInclusion(parse(raw), this.trust);
    if (found.index !== index) throw wrongEntry();
    if (this.head !== null && found.checkpoint.size > this.head.size) {
      await this.continues(this.head, found.checkpoint);
      this.head = found.checkpoint;
    }
    return found;
  }

  /**
   * Read every entry up to the head and rebuild its root: then nothing of what is asked here was
   * left out. Only what matters is kept. `progress(done, total)`.
   */
  async readWhole(kinds, progress = () => undefined) {
    const { size, root } = this.head;
    const [peaks, held] = [[...(this.read?.peaks ?? [])], [...(this.read?.held ?? [])]];
    for (let at = this.read?.size ?? 0; at < size; ) {
      const tile = Math.floor(at / WIDTH);
      const width = Math.min(WIDTH, size - tile * WIDTH);
      const path = `/log/tile/entries/${tilePath(tile)}${width < WIDTH ? `.p/${width}` : ''}`;
      const bundle = entriesOf((await this.line.get(path)).raw);
      if (bundle.length !== width) throw wrongEntry();
      for (const raw of bundle.slice(at - tile * WIDTH)) {
        const entry = readEntry(raw);
        if (kinds.includes(entry.kind)) held.push(entry);
        grow(peaks, entry.leaf, at);
        at += 1;
      }
      progress(at, size);
    }
    const rebuilt = peaks.reduceRight((right, left) => nodeHash(left, right));
    if (b64u(rebuilt) !== b64u(root)) {
      throw new Malformed('not-consistent', '日志与经见证的检查点不符，停止使用并告知监督部门', 'The log is not the one its witnesses signed: stop, and tell the supervisor');
    }
    this.read = { kinds, size, peaks, held };
    this.whole = held;
  }

  /** Refuse (`not-consistent`) a checkpoint of another history than the one seen here. */
  async agrees(shown) {
    if (shown.size <= this.head.size) await this.continues(shown, this.head);
    else {
      await this.continues(this.head, shown);
      this.head = shown;
    }
  }

  place() {
    return `head:${this.trust.origin}`;
  }

  async newest() {
    for (let tries = 1; ; tries += 1) {
      try {
        return await checkCheckpoint(this.trust, new TextDecoder().decode((await this.line.get('/log/checkpoint')).raw));
      } catch (cause) {
        if (!['not-witnessed', 'not-found'].includes(cause.code) || tries >= TRIES) throw cause;
      }
      const older = await this.olderHead();
      if (older !== null) return older;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** While witnesses are at work on the newest head: the newest they have signed. */
  async olderHead() {
    try {
      const { checkpoint } = jsonOf(await this.line.get('/log/proof/0'));
      return await checkCheckpoint(this.trust, checkpoint);
    } catch (cause) {
      if (cause instanceof Refusal) return null;
      throw cause;
    }
  }

  async continues(old, newer) {
    if (newer.size < old.size) {
      throw new Refusal('record-behind', '主机给出的日志短于此前所见', 'The host shows a log shorter than the one seen before');
    }
    let proof = [];
    if (newer.size > old.size) {
      const { proof: shown } = jsonOf(await this.line.get(`/log/consistency/${old.size}/${newer.size}`));
      proof = new Members({ proof: shown }).array('proof', octetsOf(32), 0, 128);
    }
    verifyConsistency(old.size, old.root, newer.size, newer.root, proof);
  }

  /** The platform's own key of a purpose: the first entry, and every change after it. */
  async platformKey(purpose) {
    const first = (await this.proven(0)).entry;
    if (first.kind !== 'keys') throw wrongEntry();
    if (first.data.origin !== this.trust.origin) {
      throw new Malformed('wrong-origin', '日志属于另一个平台', 'The log is of another platform');
    }
    let key = unb64u(String(first.data.keys?.[purpose] ?? ''), 32);
    for (const { data } of await this.entries('key-rotation', 'keys')) {
      if (data.purpose === purpose) key = await rotated(data, key, this.trust.origin);
    }
    return key;
  }
}

const wrongEntry = () =>
  new Malformed('wrong-entry', '日志给出的条目不是所要的', 'The log gave another entry than the one asked for');

/** The key after a change that both the old and the new key signed; `bad-rotation`. */
async function rotated(data, key, origin) {
  const { signature_old: byOld, signature_new: byNew, ...statement } = data;
  const next = unb64u(String(data.new), 32);
  if (data.origin !== origin || data.old !== b64u(key)) {
    throw new Malformed('bad-rotation', '密钥更换与日志中的密钥不衔接', 'The change of key does not follow from the keys in the log');
  }
  await checkSignature({ ...statement, signature: byOld }, key);
  await checkSignature({ ...statement, signature: byNew }, next);
  return next;
}

/** `<N>` of a tile's path: groups of three digits, all but the last with an x. */
export function tilePath(number) {
  const digits = String(number);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.../g);
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** The entries of a bundle: each behind its length in two bytes. */
export function entriesOf(raw) {
  const found = [];
  for (let at = 0; at < raw.length; ) {
    const length = raw[at] * 256 + raw[at + 1];
    const entry = raw.slice(at + 2, at + 2 + length);
    if (entry.length !== length) throw wrongEntry();
    found.push(entry);
    at += 2 + length;
  }
  return found;
}

function grow(peaks, leaf, index) {
  let held = leaf;
  for (let place = index; place % 2 === 1; place = (place - 1) / 2) held = nodeHash(peaks.pop(), held);
  peaks.push(held);
}
