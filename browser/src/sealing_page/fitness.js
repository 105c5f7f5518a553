/** Whether this browser can seal: said plainly, before anything is typed. */

import { Refusal } from '../errors.js';

/** Refuse (`not-fit`) where keys made here would not be safe or cannot be made. */
export async function checkFitness() {
  if (!globalThis.isSecureContext) {
    throw unfit('不是安全连接（https）：在此生成的密钥可能被他人看到', 'the connection is not secure (https): keys made here could be seen by others');
  }
  if (globalThis.crypto?.subtle === undefined) {
    throw unfit('浏览器没有 WebCrypto', 'the browser has no WebCrypto');
  }
  if (typeof Worker !== 'function' || typeof indexedDB === 'undefined' || typeof AbortSignal.any !== 'function') {
    throw unfit('浏览器版本过旧', 'the browser is too old');
  }
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  } catch {
    throw unfit('浏览器的 WebCrypto 没有 Ed25519（需要 Chrome 137、Firefox 130、Safari 18 或更新）', "the browser's WebCrypto has no Ed25519 (Chrome 137, Firefox 130, Safari 18 or newer has it)");
  }
}

const unfit = (zh, en) =>
  new Refusal(
    'not-fit',
    `本页不能在此封装投标：${zh}。换一个浏览器，或使用客户端程序。没有生成任何密钥`,
    `This page cannot seal a bid here: ${en}. Use another browser or the client program. No key was made`,
  );
