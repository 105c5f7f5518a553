/**
 * The short code of a payment order: 15 characters of the deposit's hash and a check character.
 *
 * Crockford's 32 signs, no case, O read as 0, I and L as 1, hyphens and spaces left out. The check
 * notices every single wrong sign and every two signs exchanged.
 */

import { bytesNumber } from './bytes.js';
import { refuse } from './errors.js';

const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;
const FIELD_POLYNOMIAL = 0b100101; // x^5 + x^2 + 1

/** The code of a deposit by its name of 32 bytes: "XXXX-XXXX-XXXX-XXXX", 75 bits. */
export function paymentCode(hBlinded) {
  if (hBlinded.length !== 32) throw new RangeError('the name of a deposit has 32 bytes');
  const front = bytesNumber(hBlinded) >> BigInt(256 - 5 * (LENGTH - 1));
  const values = Array.from({ length: LENGTH - 1 }, (_, place) =>
    Number((front >> BigInt(5 * (LENGTH - 2 - place))) & 31n),
  );
  return written([...values, check(values)]);
}

/** The code a person typed, in its one form; `bad-payment-code` when a sign is wrong. */
export function readPaymentCode(text) {
  const signs = text.toUpperCase().replaceAll(/[- ]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const values = Array.from(signs, (sign) => SIGNS.indexOf(sign));
  if (values.length !== LENGTH || values.includes(-1) || check(values.slice(0, -1)) !== values.at(-1)) {
    refuse(
      '缴款码有误，检查是否抄错',
      'The payment code is mistyped; check its 16 characters',
      'bad-payment-code',
    );
  }
  return written(values);
}

const written = (values) =>
  values.map((value, place) => (place > 0 && place % 4 === 0 ? '-' : '') + SIGNS[value]).join('');

/** The sum of value(i) * 2^(i+1), i from 0, in GF(2^5). */
function check(values) {
  return values.reduce((total, value, place) => {
    let term = value;
    for (let times = 0; times <= place; times += 1) {
      term <<= 1;
      if (term > 31) term ^= FIELD_POLYNOMIAL;
    }
    return total ^ term;
  }, 0);
}
