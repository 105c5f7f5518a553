/**
 * The part that works beside the page, so that the page stays answerable: passphrase files, taking
 * documents in, sealing, sending. Jobs can be paused and stopped; each tells how far it is.
 */

import { readPassphrase, writePassphrase } from '../age.js';
import { bindJson } from '../binding.js';
import { fresh } from '../chance.js';
import { b64u } from '../encoding.js';
import { sealEnvelope } from '../envelopes.js';
import { Refusal } from '../errors.js';
import { beside, hashFor, here } from '../hashing.js';
import { pack } from '../payload.js';
import { Cutter, newName, openParts, sealPart, unsealPart } from './parts.js';
import { sendFile } from './sending.js';

const PIECE = 1024 * 1024;
const TOLD_EVERY = 100; // milliseconds of machine time between two words about progress

let store = null;
let hashing = here;

/** Where parts lie. */
const parts = () => (store ??= openParts());

/** One running job: paused, stopped, progress. */
class Job {
  constructor(id) {
    this.id = id;
    this.stopper = new AbortController();
    this.gate = null;
    this.told = 0;
  }

  pause() {
    if (this.gate !== null) return;
    let open;
    const wait = new Promise((resolve) => {
      open = resolve;
    });
    this.gate = { wait, open };
  }

  resume() {
    this.gate?.open();
    this.gate = null;
  }

  stop() {
    this.stopper.abort();
    this.resume();
  }

  /** Between two pieces: say how far it is, wait while paused, end when stopped. */
  async turn(done, total, more = {}) {
    const now = performance.now();
    if (now - this.told > TOLD_EVERY || done === total) {
      this.told = now;
      postMessage({ id: this.id, progress: { done, total, ...more } });
    }
    if (this.gate !== null) await this.gate.wait;
    if (this.stopper.signal.aborted) throw new Refusal('stopped', '已停止', 'Stopped');
  }
}

/** Read a chosen file, keep it in sealed parts, answer its length and SHA-256. */
async function takeIn({ file, key }, job) {
  const [name, hasher, kept] = [newName(), hashing(), await parts()];
  const cutter = new Cutter(async (place, raw) => kept.put(name, place, await sealPart(key, name, place, raw)));
  try {
    for (let start = 0; start < file.size; start += PIECE) {
      const piece = await readPiece(file, start);
      await hasher.update(piece);
      await cutter.push(piece);
      await job.turn(start + piece.length, file.size);
    }
    await cutter.flush();
  } catch (cause) {
    await kept.remove(name, cutter.count + 1);
    throw cause;
  }
  return { name, parts: cutter.count, length: cutter.total, digest: b64u(await hasher.digest()) };
}

async function readPiece(file, start) {
  try {
    return new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer());
  } catch {
    throw new Refusal('no-file', `无法读取文件：${file.name}`, `The file cannot be read: ${file.name}`);
  }
}

async function* opened(kept, key, paper, watch) {
  for (let place = 0; place < paper.parts; place += 1) {
    const raw = await unsealPart(key, paper.name, place, await kept.get(paper.name, place));
    for (let start = 0; start < raw.length; start += PIECE) {
      const piece = raw.subarray(start, start + PIECE);
      await watch(piece);
      yield piece;
    }
  }
}

/** Whether marks of the bidder stand in what passes by, as plain text and as PDF writes titles. */
class Lookout {
  constructor(marks) {
    this.reader = new TextDecoder('latin1');
    this.marks = marks.flatMap((mark) => [new TextEncoder().encode(mark), wide(mark)]).map((raw) => this.reader.decode(raw));
    this.longest = Math.max(0, ...this.marks.map((mark) => mark.length));
    this.tail = '';
    this.found = false;
  }

  look(piece) {
    if (this.found || this.marks.length === 0) return;
    const seen = this.tail + this.reader.decode(piece);
    this.found = this.marks.some((mark) => seen.includes(mark));
    this.tail = seen.slice(-this.longest);
  }
}

const wide = (text) => Uint8Array.from([...text].flatMap((sign) => [sign.charCodeAt(0) >> 8, sign.charCodeAt(0) & 0xff]));

/** Seal one envelope into parts; the envelope, the payload's digest and where the ciphertext lies. */
async function sealOne({ bound, seats, k, main, papers, key, marks }, job) {
  const [kept, name] = [await parts(), newName()];
  const total = papers.reduce((sum, paper) => sum + paper.length, 0);
  let done = 0;
  const naming = [];
  const documents = papers.map((paper) => {
    const lookout = new Lookout(marks);
    const watch = async (piece) => {
      lookout.look(piece);
      if (lookout.found && !naming.includes(paper.title)) naming.push(paper.title);
      done += piece.length;
      await job.turn(done, total);
    };
    return { extension: paper.extension, length: paper.length, pieces: opened(kept, key, paper, watch) };
  });
  const payload = pack(bound.kind, bindJson(bound), main, documents);
  const cutter = new Cutter((place, raw) => kept.put(name, place, raw));
  try {
    const sealed = await sealEnvelope(bound, seats, k, payload, (piece) => cutter.push(piece), fresh, hashing);
    await cutter.flush();
    return { ...sealed, naming, file: { name, parts: cutter.count, length: cutter.total } };
  } catch (cause) {
    await kept.remove(name, cutter.count + 1);
    throw cause;
  }
}

const OPERATIONS = {
  sealPassphrase: ({ passphrase, text, work }) => writePassphrase(passphrase, text, { work }),
  unsealPassphrase: ({ passphrase, file }) => readPassphrase(passphrase, file),
  takeIn,
  sealOne,
  send: async (asked, job) => sendFile(await parts(), asked, job),
  remove: async ({ files }) => {
    const kept = await parts();
    for (const { name, parts: count } of files) await kept.remove(name, count);
  },
  keepOnly: async ({ names }) => (await parts()).keepOnly(names),
  clear: async () => (await parts()).clear(),
  kind: async () => (await parts()).kind,
};

const jobs = new Map();

async function work({ id, operation, asked }) {
  const job = new Job(id);
  jobs.set(id, job);
  try {
    postMessage({ id, result: await OPERATIONS[operation](asked, job) });
  } catch (cause) {
    const known = cause instanceof Refusal;
    const fault = known
      ? { code: cause.code, zh: cause.zh, en: cause.en, status: cause.status }
      : { code: 'fault', zh: String(cause), en: String(cause), status: 500 };
    postMessage({ id, fault });
  } finally {
    jobs.delete(id);
  }
}

/** Take up what the page asks for: hashing for another worker, or work with hashers beside. */
export function serve() {
  self.onmessage = ({ data }) => {
    if (data.hashes !== undefined) hashFor(data.hashes);
    else if (data.ports !== undefined) hashing = data.ports.length > 0 ? beside(data.ports) : here;
    else if (data.control === undefined) work(data);
    else jobs.get(data.id)?.[data.control]();
  };
}
