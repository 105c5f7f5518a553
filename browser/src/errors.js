/**
 * Refusals: what the protocol says no to, with a stable code and words for people.
 *
 * Everything that is not a `Refusal` is a bug and stays loud.
 */

/** The state of things or a rule does not allow it (status 409 unless said otherwise). */
export class Refusal extends Error {
  /**
   * @param {string} code stable, the same as in every other implementation
   * @param {string} zh
   * @param {string} en
   * @param {number} [status] HTTP status of the same refusal at the platform
   */
  constructor(code, zh, en, status = 409) {
    super(`${code}: ${en}`);
    this.name = 'Refusal';
    this.code = code;
    this.zh = zh;
    this.en = en;
    this.status = status;
  }

  /** The words in `zh` or `en`. @param {string} language @returns {string} */
  words(language) {
    return language === 'zh' ? this.zh : this.en;
  }
}

/** Bytes or JSON that are not exactly of the agreed form, or do not verify; nothing was done. */
export class Malformed extends Refusal {
  /** @param {string} code @param {string} zh @param {string} en */
  constructor(code, zh, en) {
    super(code, zh, en, 422);
    this.name = 'Malformed';
  }
}

/**
 * Refuse as `Malformed`, saying in both languages what is wrong.
 * @param {string} zh @param {string} en @param {string} [code]
 * @returns {never}
 */
export function refuse(zh, en, code = 'malformed') {
  throw new Malformed(code, zh, en);
}
