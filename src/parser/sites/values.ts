/** Expressions, arguments, lists and types. */
import type { SiteMessages } from './message.ts';

const types = 'a type is the kind of number and its dimensions: `float32[28, 28, 1]`, `int32[T]` or `float32[]`';
const dimensions = 'dimensions look like `[28, 28, 1]`, `[T]` or `[...S, C]`';

export const values = {
  'expression#1>primary/choice': {
    expected: (previous) => `a value after \`${previous}\``,
    help: 'an operator stands between two values: `channels / 2`, `width * (depth - 1)`, `stride > 1`',
  },
  'argument>primary/choice': {
    expected: 'the value of an argument',
    help: 'arguments look like `conv(16, kernel: 3)`: known ones first, the others with their names',
  },
  'list>primary/choice': {
    expected: 'an item of the list',
    help: 'lists look like `[16, 32, 64]` or `[accuracy, loss]`',
  },
  'group>primary/choice': {
    expected: 'a value in the parentheses',
    help: 'parentheses hold one value: `2 * (depth - 1)`',
  },
  'members/AnyName': {
    expected: 'a name after `.`',
    help: 'a dot joins two names, such as `policy.norm`; a number is written with its digits: `0.5`, `1.0`',
  },
  'group/RParen': {
    expected: '`)`',
    help: 'parentheses hold one value: `2 * (depth - 1)`; several values are a list: `[3, 3]`',
  },
  'list/RBracket': { expected: '`,` or `]`', help: 'lists look like `[16, 32, 64]` or `[accuracy, loss]`' },
  'arguments/RParen': {
    expected: '`,` or `)` after an argument',
    help: 'arguments look like `conv(16, kernel: 3)`, with commas between them',
  },

  'inputItem>dimensions/LBracket': {
    expected: '`[` and the dimensions',
    help: `${types}; such as \`input image: float32[28, 28, 1]\``,
  },
  'annotation>dimensions/LBracket': { expected: '`[` and the dimensions', help: types },
  'extern>dimensions/LBracket': { expected: '`[` and the dimensions of the result', help: types },
  'dimensions/RBracket': { expected: '`,` or `]` after a dimension', help: dimensions },
  'dimension/choice': { expected: 'a dimension', help: dimensions },
  'dimension>primary/choice': { expected: 'a dimension', help: dimensions },
  'rest/AnyName': {
    expected: 'a name after `...`',
    help: '`...S` stands for any number of dimensions: `float32[...S, C]`',
  },
} as const satisfies SiteMessages;
