/** Bound arguments as they would be written. */
import type { AttrValue } from '../ir/graph.ts';
import { numeral } from '../ir/numeral.ts';

export function attrText(value: AttrValue): string {
  if (value === null) return 'none';
  if (typeof value === 'number') return numeral(value);
  return typeof value === 'object' ? `[${value.map(attrText).join(', ')}]` : String(value);
}
