/** The two languages of the page: the one in use, and small things that are written by language. */

const REMEMBERED = 'language';

let spoken = null;

/** "zh" or "en": chosen in the header, else the browser's. */
export function language() {
  if (spoken === null) {
    const kept = typeof localStorage === 'undefined' ? null : remembered();
    spoken = kept ?? (/^zh\b/i.test(navigator.language) ? 'zh' : 'en');
  }
  return spoken;
}

/** Speak this language from now on. @param {'zh' | 'en'} chosen */
export function speak(chosen) {
  spoken = chosen;
  try {
    localStorage.setItem(REMEMBERED, chosen);
  } catch {
    // A browser that keeps nothing: the choice holds until the page is closed.
  }
}

function remembered() {
  try {
    const kept = localStorage.getItem(REMEMBERED);
    return ['zh', 'en'].includes(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** The words for this reader. @param {string} zh @param {string} en */
export const t = (zh, en) => (language() === 'zh' ? zh : en);

/** What a refusal or any other failure says. @param {unknown} cause */
export function wordsOf(cause) {
  if (cause !== null && typeof cause === 'object' && typeof cause.zh === 'string') {
    return `${t(cause.zh, cause.en)} [${cause.code}]`;
  }
  return t(`页面出错：${cause}`, `A fault of the page: ${cause}`);
}

/** Money in fen as `¥ 1,234,567.89`. @param {number} fen */
export const money = (fen) =>
  `¥ ${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** A moment (microseconds) in Beijing time, with its zone. @param {bigint} at */
export function clock(at) {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Asia/Shanghai',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(Number(at / 1000n)));
  const found = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const text = `${found.year}-${found.month}-${found.day} ${found.hour}:${found.minute}:${found.second}`;
  return `${text} ${t('北京时间', 'Beijing time')}`;
}

/** A number of bytes for people, in steps of 1024 as on the platform. @param {number} count */
export function size(count) {
  if (count < 1024) return t(`${count} 字节`, `${count} bytes`);
  const [unit, divided] = count < 1024 ** 2 ? ['KB', count / 1024] : ['MB', count / 1024 ** 2];
  return `${divided.toFixed(divided < 10 ? 1 : 0)} ${unit}`;
}

/** Seconds as minutes and seconds. @param {number} seconds */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes === 0) return t(`${rest} 秒`, `${rest} s`);
  return t(`${minutes} 分 ${rest} 秒`, `${minutes} min ${rest} s`);
}
