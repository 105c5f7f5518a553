/**
 * Large things in numbered parts of one size: in the browser's own file store (OPFS), or in its
 * database where a page has no file store, as one opened from a disk. Each part is whole or not there.
 */

import { utf8 } from '../bytes.js';
import { concat } from '../bytes.js';
import { fresh } from '../chance.js';
import { Refusal } from '../errors.js';
import { openDatabase, refusedStorage, within } from './store.js';

export const PART = 4 * 1024 * 1024; // bytes of a part before it is sealed

const FOLDER = 'yangguang-sealing';
const STORE = 'parts';
const NONCE = 12;

/** The store that this browser has for this page. */
export async function openParts() {
  try {
    const top = await navigator.storage.getDirectory();
    const folder = await top.getDirectoryHandle(FOLDER, { create: true });
    const probe = new FileParts(folder);
    await probe.put('probe', 0, Uint8Array.of(1));
    await probe.remove('probe', 1);
    return probe;
  } catch {
    return new BaseParts(await openDatabase());
  }
}

/** Parts as files. */
class FileParts {
  constructor(folder) {
    this.folder = folder;
    this.kind = 'files';
  }

  async put(name, place, raw) {
    try {
      const file = await this.folder.getFileHandle(fileName(name, place), { create: true });
      if (typeof file.createSyncAccessHandle === 'function') await writeSync(file, raw);
      else await writeStream(file, raw);
    } catch (cause) {
      throw noRoom(cause);
    }
  }

  async get(name, place) {
    const file = await (await this.folder.getFileHandle(fileName(name, place))).getFile();
    return new Uint8Array(await file.arrayBuffer());
  }

  async remove(name, count) {
    for (let place = 0; place < count; place += 1) {
      await this.folder.removeEntry(fileName(name, place)).catch(() => undefined);
    }
  }

  /** Let go of everything but these names: what a closed tab left half made. */
  async keepOnly(names) {
    for await (const file of this.folder.keys()) {
      if (!names.includes(nameOf(file))) await this.folder.removeEntry(file).catch(() => undefined);
    }
  }

  async clear() {
    const top = await navigator.storage.getDirectory();
    await top.removeEntry(FOLDER, { recursive: true }).catch(() => undefined);
  }
}

async function writeSync(file, raw) {
  const handle = await file.createSyncAccessHandle();
  try {
    handle.truncate(0);
    handle.write(raw, { at: 0 });
    handle.flush();
  } finally {
    handle.close();
  }
}

async function writeStream(file, raw) {
  const stream = await file.createWritable();
  await stream.write(raw);
  await stream.close();
}

/** Parts as records of the database. */
class BaseParts {
  constructor(db) {
    this.db = db;
    this.kind = 'records';
  }

  async put(name, place, raw) {
    try {
      await within(this.db, STORE, 'readwrite', (store) => store.put(raw, fileName(name, place)));
    } catch (cause) {
      throw noRoom(cause);
    }
  }

  async get(name, place) {
    const found = await within(this.db, STORE, 'readonly', (store) => store.get(fileName(name, place)));
    if (found === undefined) throw new DOMException('no such part', 'NotFoundError');
    return found;
  }

  async remove(name, count) {
    for (let place = 0; place < count; place += 1) {
      await within(this.db, STORE, 'readwrite', (store) => store.delete(fileName(name, place)));
    }
  }

  async keepOnly(names) {
    const keys = await within(this.db, STORE, 'readonly', (store) => store.getAllKeys());
    for (const key of keys.filter((one) => !names.includes(nameOf(one)))) {
      await within(this.db, STORE, 'readwrite', (store) => store.delete(key));
    }
  }

  async clear() {
    await within(this.db, STORE, 'readwrite', (store) => store.clear());
  }
}

const fileName = (name, place) => `${name}.${String(place).padStart(5, '0')}`;

const nameOf = (file) => file.slice(0, file.lastIndexOf('.'));

/** What a refused write means for the bidder. */
function noRoom(cause) {
  if (cause?.name === 'QuotaExceededError') {
    return new Refusal(
      'no-room',
      '浏览器给本页的空间不足：删除旧文件、腾出磁盘空间，或使用客户端程序',
      'The browser has too little room for this page: delete old files here, free the disk, or use the client program',
    );
  }
  return cause instanceof Refusal ? cause : refusedStorage();
}

/** A name that says nothing. */
export const newName = () => Array.from(fresh(12), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Collects pieces into parts of one size and hands each to `keep(place, raw)`. */
export class Cutter {
  constructor(keep, length = PART) {
    this.keep = keep;
    this.held = new Uint8Array(length);
    this.filled = 0;
    this.count = 0;
    this.total = 0;
  }

  async push(piece) {
    for (let start = 0; start < piece.length; ) {
      const room = Math.min(piece.length - start, this.held.length - this.filled);
      this.held.set(piece.subarray(start, start + room), this.filled);
      this.filled += room;
      this.total += room;
      start += room;
      if (this.filled === this.held.length) await this.flush();
    }
  }

  async flush() {
    if (this.filled === 0) return;
    await this.keep(this.count, this.held.subarray(0, this.filled));
    this.count += 1;
    this.filled = 0;
  }
}

/** A part under the book's key; name and place are bound to it. */
export async function sealPart(key, name, place, raw) {
  const iv = fresh(NONCE);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(fileName(name, place)) }, key, raw);
  return concat(iv, new Uint8Array(sealed));
}

/** A part's bytes again; `local-file-damaged` when they are not what was kept. */
export async function unsealPart(key, name, place, raw) {
  const additionalData = utf8(fileName(name, place));
  try {
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: raw.subarray(0, NONCE), additionalData }, key, raw.subarray(NONCE));
    return new Uint8Array(opened);
  } catch {
    throw new Refusal('local-file-damaged', '本机保存的文件已损坏，重新选择该文件', 'The file kept in this browser is damaged; choose it again');
  }
}
