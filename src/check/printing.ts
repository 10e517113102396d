/** Values of the language as they were written, computed ones as they would be. */
import { numeral } from '../ir/numeral.ts';
import type { Value } from '../ir/value.ts';

export function printValue(value: Value): string {
  switch (value.kind) {
    case 'number':
      return value.text ?? numeral(value.value);
    case 'boolean':
      return String(value.value);
    case 'string':
      return JSON.stringify(value.value);
    case 'word':
      return value.word;
    case 'call':
      return `${value.name}(${value.arguments.map((a) => `${a.name === null ? '' : `${a.name}: `}${printValue(a.value)}`).join(', ')})`;
    case 'list':
      return `[${value.items.map(printValue).join(', ')}]`;
    case 'record':
      return `{ ${value.entries.map((e) => `${e.key}: ${printValue(e.value)}`).join('  ')} }`;
  }
}
