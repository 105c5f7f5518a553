/** The page's side of the worker: asks, hears about progress, pauses, stops. */

import { Refusal } from '../errors.js';

const HASHED = ['text', 'ciphertext']; // of each envelope, at once

/** Work handed over: `done` is its promise. */
export class Task {
  constructor(helper, id, done) {
    this.helper = helper;
    this.id = id;
    this.done = done;
    this.paused = false;
  }

  pause() {
    this.paused = true;
    this.helper.control(this.id, 'pause');
  }

  resume() {
    this.paused = false;
    this.helper.control(this.id, 'resume');
  }

  stop() {
    this.helper.control(this.id, 'stop');
  }
}

/** A worker made of this page's own script, and two beside it that hash what it seals. */
export class Helper {
  /** @param {string} source the script */
  constructor(source) {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    this.worker = new Worker(url);
    const ports = navigator.hardwareConcurrency > 1 ? HASHED.map(() => this.hashing(url)) : [];
    this.worker.postMessage({ ports }, ports);
    this.asked = new Map();
    this.next = 1;
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => this.fail(event);
  }

  /** The near end of a line to a new worker that hashes. */
  hashing(url) {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(url);
    worker.onerror = (event) => this.fail(event);
    worker.postMessage({ hashes: port2 }, [port2]);
    return port1;
  }

  /** Hand work over. @returns {Task} */
  begin(operation, asked = {}, onprogress = () => undefined) {
    const id = this.next++;
    const done = new Promise((resolve, reject) => this.asked.set(id, { resolve, reject, onprogress }));
    this.worker.postMessage({ id, operation, asked });
    return new Task(this, id, done);
  }

  /** Hand work over and wait for it. */
  ask(operation, asked) {
    return this.begin(operation, asked).done;
  }

  control(id, control) {
    this.worker.postMessage({ id, control });
  }

  hear({ id, progress, result, fault }) {
    const waiting = this.asked.get(id);
    if (waiting === undefined) return;
    if (progress !== undefined) {
      waiting.onprogress(progress);
      return;
    }
    this.asked.delete(id);
    if (fault === undefined) waiting.resolve(result);
    else waiting.reject(new Refusal(fault.code, fault.zh, fault.en, fault.status));
  }

  fail(event) {
    const cause = new Refusal('fault', `后台程序出错：${event.message}`, `The worker failed: ${event.message}`, 500);
    for (const { reject } of this.asked.values()) reject(cause);
    this.asked.clear();
  }
}
