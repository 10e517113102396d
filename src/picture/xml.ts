/** XML as text. */

/** To a tenth of a pixel: the same picture gives the same bytes. */
export const number = (n: number): string => String(Math.round(n * 10) / 10 + 0);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold at all become the sign for such. */
export const text = (content: string): string =>
  content.replace(/(?![\n\t])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd').replace(/[&<>"]/g, (c) => entities[c] ?? c);

export const attributes = (given: Readonly<Record<string, string | number>>): string =>
  Object.entries(given)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? number(value) : text(value)}"`)
    .join('');

/** Contents are markup. */
export const tag = (
  name: string,
  given: Readonly<Record<string, string | number>>,
  ...contents: readonly string[]
): string =>
  contents.length === 0
    ? `<${name}${attributes(given)}/>`
    : `<${name}${attributes(given)}>${contents.join('')}</${name}>`;
