/** The platform's calls, spoken by its own page with the officer's session. */

import { canonical, parse } from '../encoding.js';
import { Refusal } from '../errors.js';

const ANSWER_LIMIT = 64 * 1024 * 1024; // bytes; thousands of bids of one tender

/** The JSON at an address. */
export const get = (path) => ask(path, { headers: { Accept: 'application/json' } });

/** Hand in a structure, in its canonical bytes; the JSON of the answer. */
export const post = (path, value) =>
  ask(path, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    body: canonical(value),
  });

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { ...options, cache: 'no-store', credentials: 'same-origin' });
  } catch {
    throw new Refusal('no-line', '与平台的连接中断，稍后再试', 'The platform cannot be reached; try again shortly');
  }
  const raw = new Uint8Array(await answer.arrayBuffer());
  if (answer.ok) return parse(raw, ANSWER_LIMIT);
  let said = {};
  try {
    said = parse(raw);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
  }
  const words = said.detail ?? said.title ?? `HTTP ${answer.status}`;
  throw new Refusal(said.code ?? `http-${answer.status}`, words, words, answer.status);
}
