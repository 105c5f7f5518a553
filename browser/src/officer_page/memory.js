/**
 * What this browser remembers for one officer, none of it secret: which keys have served, which
 * closing it opens, which batch it has signed. It is written down before anything is shown, so no
 * key serves two tenders and no round gets two different batches from here.
 */

import { b64u } from '../encoding.js';
import { Refusal } from '../errors.js';

const PREFIX = 'yg/officer/';

export class Memory {
  /** @param {Storage} storage @param {string} account whose memory it is */
  constructor(storage, account) {
    this.storage = storage;
    this.home = `${PREFIX}${account}/`;
  }

  /** Every key that was ever handed out from here. @returns {Set<string>} */
  used() {
    return new Set(JSON.parse(this.read('used') ?? '[]'));
  }

  /** The key that was chosen for a tender, or null. @returns {string | null} */
  assigned(tender) {
    return this.read(`key/${tender}`);
  }

  /** Let a key serve a tender; it counts as used from now on. */
  assign(tender, recipient) {
    this.write('used', JSON.stringify([...this.used().add(recipient)]));
    this.write(`key/${tender}`, recipient);
  }

  /** Refuse (`trust-changed`) another trust file than the one seen here first. */
  refuseOtherTrust(hash) {
    this.once('trust', b64u(hash), () => {
      throw new Refusal(
        'trust-changed',
        '平台给出的信任文件与此浏览器以前见过的不同：停止操作，与公告刊登的摘要核对',
        'The platform shows another trust file than this browser has seen before: stop, and compare it with the printed one',
      );
    });
  }

  /** Refuse (`two-closings`) to open a tender for another set of bids than before. */
  refuseOtherClosing(tender, hash) {
    this.once(`closing/${tender}`, b64u(hash), () => {
      throw new Refusal(
        'two-closings',
        '此项目曾出示过另一份截标记录，停止开标并报告监督部门',
        'Another closing of this tender was shown before; stop and tell the supervisor',
      );
    });
  }

  /** Refuse (`round-changed`) a second, different batch for one round of one closing. */
  refuseOtherBatch(tender, closingHash, round, hash) {
    this.once(`batch/${tender}/${b64u(closingHash)}/${round}`, b64u(hash), () => {
      throw new Refusal(
        'round-changed',
        '本轮已为另一组投标签过份额批次，不再签署；报告监督部门',
        'A batch for other bids of this round was signed before; no second one is made. Tell the supervisor',
      );
    });
  }

  once(name, value, refuse) {
    const known = this.read(name);
    if (known === null) this.write(name, value);
    else if (known !== value) refuse();
  }

  read(name) {
    return this.storage.getItem(this.home + name);
  }

  write(name, value) {
    this.storage.setItem(this.home + name, value);
    if (this.read(name) !== value) {
      throw new Refusal(
        'not-remembered',
        '浏览器不保存本站数据，无法记下已用的密钥；换一个浏览器窗口（非无痕）',
        'This browser keeps nothing for this site, so used keys could not be remembered; use an ordinary window',
      );
    }
  }
}
