/** The page's side of the worker: asks, hears about progress, pauses, stops. */

import { Refusal } from '../errors.js';

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

/** One worker made of this page's own script. */
export class Helper {
  /** @param {string} source the script */
  constructor(source) {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    this.worker = new Worker(url);
    this.asked = new Map();
    this.next = 1;
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => this.fail(event);
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
