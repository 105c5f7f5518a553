/**
 * The page's lines to the hosts: no cookie, no referrer, no cache, nothing that says who asks. The
 * anonymous line has no place for a bearer token, so none can slip in.
 */

import { Refusal } from '../errors.js';
import { language } from './speech.js';

const SECONDS = 60;
const UNDECIDED = 500; // from this status on nobody knows what the host did

/** A host gave no usable answer: nothing is known of what it did, so the same is sent again. */
export class Silent extends Refusal {
  constructor(origin) {
    super(
      'no-answer',
      `${origin} 没有应答；再试一次是安全的`,
      `${origin} gave no answer; trying again is safe`,
      503,
    );
  }
}

/** One host. `bearer` is for the custodian's account holders alone. */
export class Line {
  constructor(origin, { bearer, speaks = language() } = {}) {
    this.origin = originOf(origin);
    this.own = { 'Accept-Language': speaks };
    if (bearer !== undefined) this.own.Authorization = `Bearer ${bearer}`;
  }

  /** One request and its whole answer: status, headers, bytes. `Refusal` or `Silent`. */
  async ask(method, path, { body, headers = {}, seconds = SECONDS, signal } = {}) {
    const limit = AbortSignal.timeout(seconds * 1000);
    let answer;
    let raw;
    try {
      answer = await fetch(`${this.origin}${path}`, {
        method,
        body,
        headers: { ...this.own, ...headers },
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        redirect: 'error',
        mode: 'cors',
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      raw = new Uint8Array(await answer.arrayBuffer());
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new Silent(this.origin);
    }
    if (!answer.ok) throw this.no(answer, raw);
    return { status: answer.status, headers: answer.headers, raw };
  }

  get(path) {
    return this.ask('GET', path);
  }

  post(path, raw) {
    return this.ask('POST', path, { body: raw, headers: { 'Content-Type': 'application/json' } });
  }

  no(answer, raw) {
    let said = {};
    try {
      said = JSON.parse(new TextDecoder().decode(raw)) ?? {};
    } catch {
      if (answer.status >= UNDECIDED) return new Silent(this.origin);
    }
    if (answer.status >= UNDECIDED && said.code === undefined) return new Silent(this.origin);
    const code = String(said.code ?? `http-${answer.status}`);
    const detail = [said.detail ?? code, said.article && `(${said.article})`].filter(Boolean).join(' ');
    return new Refusal(code, said.zh ?? detail, said.en ?? detail, answer.status);
  }
}

/** An answer as JSON, not necessarily canonical. */
export function jsonOf({ raw }) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    throw new Refusal('malformed', '主机的答复不是 JSON', 'The answer of the host is not JSON', 422);
  }
}

/** An address without a path; plain HTTP only on this machine (`bad-address`). */
export function originOf(text) {
  let found = null;
  try {
    found = new URL(text.trim());
  } catch {
    found = null;
  }
  const near = ['localhost', '127.0.0.1', '[::1]'].includes(found?.hostname);
  const bare = found !== null && found.pathname === '/' && found.search === '' && found.username === '';
  if (!bare || !(found.protocol === 'https:' || (near && found.protocol === 'http:'))) {
    throw new Refusal(
      'bad-address',
      `地址应为 https 开头且不带路径：${text}`,
      `An address begins with https and has no path: ${text}`,
    );
  }
  return found.origin;
}
