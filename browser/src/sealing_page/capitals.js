/** Money in Chinese capitals, as laws and forms want it: 壹佰万元整. */

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['仟', '佰', '拾', ''];

/** The amount in capitals. @param {number} fen not negative, below 10^16 yuan */
export function inCapitals(fen) {
  const all = BigInt(fen);
  const [yuan, rest] = [all / 100n, Number(all % 100n)];
  const [jiao, last] = [Math.floor(rest / 10), rest % 10];
  let text = yuan > 0n || rest === 0 ? `${whole(yuan)}元` : '';
  if (jiao > 0) text += `${DIGITS[jiao]}角`;
  if (last === 0) return `${text}整`;
  return `${text}${yuan > 0n && jiao === 0 ? DIGITS[0] : ''}${DIGITS[last]}分`;
}

/** Fen of an amount typed in yuan, or null where it is none. @param {string} typed */
export function fenOf(typed) {
  const plain = typed.trim().replaceAll(',', '').replace(/^[¥￥]\s*/, '');
  const found = /^([0-9]{1,12})(?:\.([0-9]{1,2}))?$/.exec(plain);
  return found === null ? null : Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}

function whole(number) {
  if (number === 0n) return DIGITS[0];
  const [high, low] = [number / 100_000_000n, Number(number % 100_000_000n)];
  let text = high > 0n ? `${whole(high)}亿` : '';
  const [wan, ones] = [Math.floor(low / 10_000), low % 10_000];
  for (const [group, unit] of [[wan, '万'], [ones, '']]) {
    if (group === 0) continue;
    if (text !== '' && (group < 1000 || (unit === '' && high > 0n && wan === 0))) text += DIGITS[0];
    text += four(group) + unit;
  }
  return text;
}

function four(group) {
  let [text, gap] = ['', false];
  [...String(group).padStart(4, '0')].forEach((digit, at) => {
    if (digit === '0') {
      gap = text !== '';
      return;
    }
    text += (gap ? DIGITS[0] : '') + DIGITS[Number(digit)] + PLACES[at];
    gap = false;
  });
  return text;
}
