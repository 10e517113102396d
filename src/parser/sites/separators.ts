/** Commas: what they separate, for one that is missing (`separator`) and for one with nothing before it (`item`). */
import type { Separator } from './message.ts';

export const separated = {
  arguments: { items: 'arguments', item: 'an argument', example: '`conv(16, kernel: 3)`' },
  list: { items: 'the items of a list', item: 'an item of the list', example: '`[16, 32, 64]`' },
  dimensions: { items: 'dimensions', item: 'a dimension', example: '`float32[28, 28, 1]`' },
  parameters: {
    items: 'parameters',
    item: 'the name of a parameter',
    example: '`(filters, stride = 1)`',
  },
  externParameters: {
    items: 'parameters',
    item: 'the name of a parameter',
    example: '`(x: float32[...S, C], rate = 0.5)`',
  },
  importNames: {
    items: 'the names of an import',
    item: 'the name of what is imported',
    example: '`import { Residual, Inception } from "./blocks.nrm"`',
  },
  forNames: {
    items: 'the names of a row',
    item: 'a name for a value of the row',
    example: '`for [filters, count] in [[64, 2], [128, 3]] { … }`',
  },
} as const satisfies Readonly<Record<string, Separator>>;
