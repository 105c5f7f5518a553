/**
 * What the browser keeps: a small open part (language, addresses, trust file, last checkpoint) and
 * the book, everything secret or telling, sealed under a key that only the bidder's passphrase opens.
 *
 * The book is one record, written whole: a closed tab finds it as it was after the last change.
 */

import { utf8 } from '../bytes.js';
import { fresh } from '../chance.js';
import { Refusal } from '../errors.js';

const NAME = 'yangguang-sealing';
const VERSION = 1;
const [OPEN, PARTS] = ['open', 'parts'];
const [LOCK, BOOK] = ['lock', 'book'];
const NONCE = 12;
const EMPTY = { tokens: {}, drafts: {}, bids: {}, reviews: {}, holder: {} };

/** Do one thing in a transaction of its own and wait until it is on the disk. */
export function within(db, store, mode, act) {
  return new Promise((resolve, reject) => {
    const turn = db.transaction(store, mode, mode === 'readwrite' ? { durability: 'strict' } : {});
    const asked = act(turn.objectStore(store));
    turn.oncomplete = () => resolve(asked.result);
    turn.onabort = () => reject(turn.error ?? new Error('the transaction was ended'));
    turn.onerror = () => reject(turn.error);
  });
}

/** The browser's database of this page; `storage-refused` where the browser has none for it. */
export function openDatabase() {
  return new Promise((resolve, reject) => {
    let asked;
    try {
      asked = indexedDB.open(NAME, VERSION);
    } catch {
      reject(refusedStorage());
      return;
    }
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(OPEN);
      asked.result.createObjectStore(PARTS);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(refusedStorage());
  });
}

export const refusedStorage = () =>
  new Refusal(
    'storage-refused',
    '浏览器不允许本页保存数据（如无痕窗口或关闭了网站数据）。换用普通窗口，或使用客户端程序',
    'The browser lets this page keep nothing (a private window, or site data switched off). Use an ordinary window or the client program',
  );

/** The open part. */
export class Notes {
  constructor(db) {
    this.db = db;
  }

  get(name) {
    return within(this.db, OPEN, 'readonly', (store) => store.get(name));
  }

  put(name, value) {
    return within(this.db, OPEN, 'readwrite', (store) => store.put(value, name));
  }
}

/** The book under its lock. */
export class Book {
  /** @param {IDBDatabase} db @param {CryptoKey} key AES-GCM */
  constructor(db, key, pages) {
    this.db = db;
    this.key = key;
    this.pages = pages;
    this.turn = Promise.resolve();
  }

  /** Whether a lock stands in this browser. */
  static async exists(db) {
    return (await new Notes(db).get(LOCK)) !== undefined;
  }

  /** A new book. `seal` makes a passphrase file of bytes. */
  static async begin(db, seal) {
    const secret = fresh(32);
    const lock = await seal(secret);
    const book = new Book(db, await keyOf(secret), structuredClone(EMPTY));
    await book.save();
    await new Notes(db).put(LOCK, lock);
    return book;
  }

  /** The book that a passphrase opens; `wrong-passphrase`. `unseal` reads a passphrase file. */
  static async open(db, unseal) {
    const notes = new Notes(db);
    const key = await keyOf(await unseal(await notes.get(LOCK)));
    const { nonce, sealed } = await notes.get(BOOK);
    const raw = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: utf8(BOOK) }, key, sealed);
    return new Book(db, key, { ...structuredClone(EMPTY), ...JSON.parse(new TextDecoder().decode(raw)) });
  }

  /** Write the book down; on the disk when this is done. Changes are written in their order. */
  save() {
    const raw = utf8(JSON.stringify(this.pages));
    this.turn = this.turn.catch(() => undefined).then(() => this.write(raw));
    return this.turn;
  }

  async write(raw) {
    const nonce = fresh(NONCE);
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: utf8(BOOK) }, this.key, raw);
    await new Notes(this.db).put(BOOK, { nonce, sealed: new Uint8Array(sealed) });
  }
}

/** Forget everything that this page ever kept here. */
export function forgetDatabase(db) {
  db.close();
  return new Promise((resolve, reject) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = () => resolve(undefined);
    asked.onerror = () => reject(asked.error);
  });
}

const keyOf = (secret) => crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt']);
