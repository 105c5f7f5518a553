/**
 * The bytes of this very page. The file is written so that a browser, reading and writing it, gets
 * the same bytes again; the script is its last element and asks before it changes anything.
 */

import { utf8 } from '../bytes.js';
import { digest } from '../encoding.js';

/** The file as the browser has read it, and this script's text. */
export function ownBytes() {
  const raw = utf8(`<!doctype html>${document.documentElement.outerHTML}`);
  return { source: document.currentScript.textContent, raw, hash: digest(raw) };
}
