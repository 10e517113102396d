/** Bodies of networks and blocks: steps, inputs and outputs, paths, repetition, choice. */
import type { SiteMessages } from './message.ts';

const steps = 'steps look like `conv(16, kernel: 3)`, `norm`, `classifier: dense(10)` or `sum { | … | … }`';
const inputs = 'such as `input image: float32[28, 28, 1]`';
const outputs = 'such as `output mask: conv(1, kernel: 1)`';
const loops = 'such as `for filters in [16, 32] { conv(filters, kernel: 3) norm act }`';
const rows = 'such as `for [filters, count] in [[64, 2], [128, 3]] { … }`';
const branches = 'such as `if stride > 1 { conv(filters, kernel: 1, stride: stride) } else { identity }`';
const paths = 'each path begins with a bar: `sum { | conv(8, kernel: 3) norm | identity }`';

export const networks = {
  'network>body/LBrace': {
    expected: '`{` and the steps of the network',
    help: 'such as `network LeNet(classes = 10) with Plain { input image: float32[28, 28, 1]  flatten  dense(classes) }`',
  },
  'block>body/LBrace': {
    expected: '`{` and the steps of the block',
    help: 'such as `block Residual(filters) { sum { | conv(filters, kernel: 3) norm | identity } act }`; a block has no `with`',
  },
  'repeat>body/LBrace': {
    expected: '`{` and the steps to repeat',
    help: 'such as `repeat 2 { Residual(64) }`',
  },
  'for>body/LBrace': { expected: '`{` and the steps of the `for`', help: loops },
  'if>body/LBrace': { expected: '`{` and the steps of the `if`', help: branches },
  'elseIf>body/LBrace': {
    expected: '`{` and the steps of the `else if`',
    help: 'such as `if depth > 50 { … } else if depth > 18 { … } else { … }`',
  },
  'else>body/LBrace': {
    expected: '`{` and the steps of the `else`',
    help: 'such as `if stride > 1 { … } else { identity }`; another condition is an `else if`',
  },
  'body/RBrace': { expected: 'a step', help: steps },

  'inputItem/AnyName': { expected: 'the name of the input', help: inputs },
  'inputItem/Colon': { expected: '`:` and the type of the input', help: inputs },
  'inputItem>type/Identifier': {
    expected: 'the type of the input',
    help: `${inputs} or \`input tokens: int32[T]\``,
  },
  'label/Identifier': { expected: 'the name of the output', help: outputs },
  'label/Colon': { expected: '`:` and the step that makes the output', help: outputs },
  'outputItem>core/choice': { expected: 'the step that makes the output', help: outputs },
  'step>core/choice': {
    expected: (previous) => (previous === ':' ? 'a step after the label' : 'a step'),
    help: 'such as `classifier: dense(10)` or `stem: { conv(64, kernel: 7) norm act }`',
  },
  'as/Identifier': {
    expected: 'a name for the value after `as`',
    help: 'such as `conv(32, kernel: 3) as skip`; a later path begins with `from skip`',
  },
  'from/AnyName': {
    expected: 'the name of a value after `from`',
    help: 'such as `concat { | identity | from skip }`, where `conv(32) as skip` or an input gave the name',
  },
  'again/Identifier': {
    expected: 'the label of a step after `again`',
    help: 'such as `encoder: { … }` and later `again encoder`: the same step with the same weights',
  },

  'paths/LBrace': { expected: '`{` and the paths to join', help: paths },
  'paths/some': { expected: '`|` before the first path', help: paths },
  'paths/RBrace': { expected: 'a step or `|`', help: `${steps}; another path begins with \`|\`` },

  'repeat>primary/choice': {
    expected: 'how often to repeat',
    help: 'such as `repeat 2 { Residual(64) }`; the number may be a parameter: `repeat depth { … }`',
  },
  'for/choice': {
    expected: 'a name, or names in `[…]`, after `for`',
    help: `${loops}; ${rows.slice('such as '.length)}`,
  },
  'for/In': { expected: '`in` and a list of values', help: loops },
  'for>primary/choice': { expected: 'a list of values after `in`', help: loops },
  'forNames/RBracket': { expected: '`,` or `]` after a name', help: rows },
  'forName/AnyName': { expected: 'a name for a value of the row', help: rows },
  'if>primary/choice': { expected: 'a condition after `if`', help: branches },
  'elseIf>primary/choice': {
    expected: 'a condition after `else if`',
    help: 'such as `if depth > 50 { … } else if depth > 18 { … } else { … }`',
  },
} as const satisfies SiteMessages;
