/** HTML as text, and well formed as XML too. */
import { tag, text } from '../picture/xml.ts';

export { tag, text } from '../picture/xml.ts';

export type Attributes = Readonly<Record<string, string | number>>;

/** An element whose content is text. */
export const element = (name: string, content: string, attributes: Attributes = {}): string =>
  tag(name, attributes, text(content));

/** Words of a sentence: `a`, `a and b`, `a, b and c`. */
export function series(words: readonly string[], last = 'and'): string {
  const head = words.slice(0, -1);
  const end = words.at(-1) ?? '';
  return head.length === 0 ? end : `${head.join(', ')} ${last} ${end}`;
}
