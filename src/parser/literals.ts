/** Numbers, strings and names as they are written. */

const wellFormed = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?$/;

/** The value of a number as written; NaN when it is malformed. `10%` is 0.1. */
export function numberValue(text: string): number {
  if (!wellFormed.test(text)) return Number.NaN;
  if (!text.endsWith('%')) return Number(text);
  // Shifting the exponent keeps `10%` the float nearest to 0.1, which a division by 100 need not be.
  const [digits = '', exponent = '0'] = text.slice(0, -1).toLowerCase().split('e');
  return Number(`${digits}e${Number(exponent) - 2}`);
}

/** Why this is not a number, and what was probably meant; null when it is one. */
export function numberProblem(text: string): { readonly why: string; readonly instead: string | null } | null {
  if (wellFormed.test(text)) {
    return Number.isFinite(numberValue(text))
      ? null
      : { why: 'it is larger than any number that can be computed with', instead: null };
  }
  const whole = (instead: string): string | null => (wellFormed.test(instead) ? instead : null);
  const percent = text.endsWith('%') ? '%' : '';
  const plain = percent === '' ? text : text.slice(0, -1);
  if (/^0[xX][0-9a-fA-F]+$/.test(plain))
    return { why: 'numbers are decimal', instead: percent === '' ? whole(String(Number(plain))) : null };
  if (/^[\d._eE+-]*$/.test(plain) && plain.includes('_'))
    return { why: 'digits are not grouped', instead: whole(text.replaceAll('_', '')) };
  if (/^\.\d/.test(plain)) return { why: 'a digit is missing before the point', instead: whole(`0${text}`) };
  if (/^\d+\.$/.test(plain))
    return { why: 'a digit is missing after the point', instead: whole(`${plain}0${percent}`) };
  if (/^\d+(?:\.\d+)?[eE]$/.test(plain)) return { why: 'the exponent is missing', instead: null };
  if (/^\d+(?:\.\d+)?[fFdDlL]$/.test(plain))
    return { why: 'numbers have no letter behind them', instead: whole(plain.slice(0, -1)) };
  if (/^\d+(?:x\d+)+$/.test(plain)) return { why: 'sizes are not joined by `x`', instead: plain.replaceAll('x', ', ') };
  if (/^[\d.]+$/.test(plain)) return { why: 'it has more than one point', instead: null };
  return { why: 'letters follow the digits', instead: null };
}

/** Generated code has names of its own, which begin so. */
export const isGeneratedName = (name: string): boolean => name.startsWith('__');

interface DecodedString {
  readonly value: string;
  /** Escapes that mean nothing, by their place in the written text; they stand in the value as written. */
  readonly problems: readonly { readonly at: number; readonly escape: string }[];
}

const escapes: Readonly<Record<string, string>> = { '\\"': '"', '\\\\': '\\', '\\n': '\n', '\\t': '\t' };

/** What a string with its quotes stands for; also of a string that is not closed. */
export function decodeString(image: string): DecodedString {
  const problems: { at: number; escape: string }[] = [];
  if (!image.startsWith('"')) return { value: image.slice(1, -1), problems };
  const closed = /^"(?:[^"\\]|\\[\s\S])*"$/.test(image);
  const content = image.slice(1, closed ? -1 : undefined);
  const value = content.replace(/\\(?:u\{[^}"]*\}?|[\s\S]|$)/gu, (written, at: number) => {
    const known = Object.hasOwn(escapes, written) ? escapes[written] : undefined;
    if (known !== undefined) return known;
    const code = /^\\u\{([0-9a-fA-F]{1,6})\}$/.exec(written)?.[1];
    const point = code === undefined ? Number.NaN : Number.parseInt(code, 16);
    // Halves of surrogate pairs are not characters.
    if (point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)) return String.fromCodePoint(point);
    problems.push({ at: at + 1, escape: written });
    return written;
  });
  return { value, problems };
}

/** The string as it is written in a spec. */
export function encodeString(value: string): string {
  const content = value.replace(/["\\\p{Cc}\u2028\u2029]/gu, (c) => {
    if (c === '"' || c === '\\') return `\\${c}`;
    if (c === '\n') return '\\n';
    if (c === '\t') return '\\t';
    return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${content}"`;
}
