/**
 * SHA-256 of bytes that come piece by piece: here, or beside, in workers that do nothing else.
 *
 * Sealing hashes each byte twice, text and ciphertext, and each hash costs as much as the cipher:
 * with a worker for each the three go on at once. The bytes themselves stay in this browser's page.
 *
 * A hasher has `update(piece)` and `digest()`, both awaited; what was handed in may be changed after.
 */

import { SHA256 } from '@stablelib/sha256';

const BATCH = 1024 * 1024; // bytes handed over at a time
const AHEAD = 4; // batches that a worker may have before it; the next one waits

/** Hashes where it stands. */
export class Hasher {
  constructor() {
    this.state = new SHA256();
  }

  update(piece) {
    this.state.update(piece);
  }

  digest() {
    return this.state.digest();
  }
}

/** A hasher that works where it stands: what is used where no workers are given. */
export const here = () => new Hasher();

/**
 * Makes hashers beside: each on the next of these ports, behind which `hashFor` serves.
 * A port is a worker or a message port. @param {(Worker | MessagePort)[]} ports
 */
export function beside(ports) {
  const lines = ports.map((port) => new Line(port));
  let next = 0;
  return () => {
    next += 1;
    return new Beside(lines[next % lines.length], next);
  };
}

/** Serves `beside` on the other side of a port. */
export function hashFor(port) {
  const states = new Map();
  port.onmessage = ({ data: { id, batch, filled } }) => {
    const state = states.get(id) ?? new SHA256();
    if (batch === undefined) {
      states.delete(id);
      port.postMessage({ id, digest: state.digest() });
      return;
    }
    states.set(id, state.update(batch.subarray(0, filled)));
    port.postMessage({ id, batch }, [batch.buffer]);
  };
}

/** One port, shared by the hashers on it: who hears which answer. */
class Line {
  constructor(port) {
    this.port = port;
    this.hearers = new Map();
    port.onmessage = ({ data }) => this.hearers.get(data.id)?.hear(data);
    port.onerror = (event) => {
      for (const hearer of this.hearers.values()) hearer.fail(new Error(event.message));
    };
  }
}

/** The near side of one hash: collects batches, goes no further than `AHEAD` before the worker. */
class Beside {
  constructor(line, id) {
    [this.line, this.id] = [line, id];
    [this.held, this.filled] = [new Uint8Array(BATCH), 0];
    [this.spare, this.out] = [[], 0];
    [this.failure, this.wake, this.end] = [null, null, null];
    line.hearers.set(id, this);
  }

  async update(piece) {
    for (let start = 0; start < piece.length; ) {
      const count = Math.min(piece.length - start, BATCH - this.filled);
      this.held.set(piece.subarray(start, start + count), this.filled);
      this.filled += count;
      start += count;
      if (this.filled === BATCH) await this.hand();
    }
  }

  async digest() {
    if (this.filled > 0) await this.hand();
    try {
      return await new Promise((resolve, reject) => {
        this.end = { resolve, reject };
        this.line.port.postMessage({ id: this.id });
      });
    } finally {
      this.line.hearers.delete(this.id);
    }
  }

  async hand() {
    this.line.port.postMessage({ id: this.id, batch: this.held, filled: this.filled }, [this.held.buffer]);
    this.filled = 0;
    this.out += 1;
    while (this.out > AHEAD && this.failure === null) {
      await new Promise((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.failure !== null) throw this.failure;
    this.held = this.spare.pop() ?? new Uint8Array(BATCH);
  }

  hear({ batch, digest }) {
    if (batch === undefined) {
      this.end.resolve(digest);
      return;
    }
    this.out -= 1;
    this.spare.push(batch);
    this.wake?.();
  }

  fail(cause) {
    this.failure = cause;
    this.wake?.();
    this.end?.reject(cause);
  }
}
