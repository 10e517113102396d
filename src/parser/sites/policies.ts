/** Policies: fillings, rules, selectors. */
import type { SiteMessages } from './message.ts';

const rules = 'a policy holds fillings such as `norm: batch` and rules such as `conv, dense { init: kaiming }`';
const selectors =
  'a selector names an op, slot, label, block or parameter: `conv, dense { … }`, `Residual end.gamma { … }`';
const conditions = 'such as `conv[first]`, `conv[3]`, `conv[not stem]` or `conv[kernel: 1]`';

export const policies = {
  'policyBody/LBrace': {
    expected: '`{` and the rules of the policy',
    help: 'such as `policy Strong(rate = 0.5) extends Modern { drop: dropout(drop: rate) }`',
  },
  'policyBody/RBrace': { expected: 'a rule', help: rules },
  'filling/Colon': {
    expected: (previous) => `\`:\` and what fills \`${previous}\``,
    help: 'a slot is filled by `norm: batch` or `act: relu`; the settings of a rule stand in braces, `conv { init: kaiming }`',
  },
  'filling>value/choice': {
    expected: 'what fills the slot',
    help: 'such as `norm: batch(momentum: 0.9)`, `act: relu` or `drop: none`',
  },
  'filling>primary/choice': {
    expected: 'what fills the slot',
    help: 'such as `norm: batch(momentum: 0.9)`, `act: relu` or `drop: none`',
  },
  'rule>settings/LBrace': {
    expected: '`{` and the settings of the rule',
    help: 'the settings of a rule stand in braces, `conv { decay: none }`; a filling is one name and a value, `norm: batch`',
  },
  'rule>settings/RBrace': {
    expected: 'a setting',
    help: 'the settings of a rule look like `conv { init: kaiming  decay: 5e-4 }`',
  },
  'rule>selector/some': { expected: 'a selector after `,`', help: selectors },
  'selectorPart>dotted/AnyName': {
    expected: 'the name of a parameter after `.`',
    help: 'such as `conv.kernel { decay: 1e-4 }` or `end.gamma { init: zeros }`',
  },
  'bracket/RBracket': {
    expected: '`]` after one condition',
    help: 'a bracket holds one condition; several stand in a row: `conv[kernel: 1][first]`',
  },
  'condition/choice': { expected: '`first`, `last`, a number, `not …` or `key: value`', help: conditions },
  'attribute>primary/choice': {
    expected: 'the value to look for after `:`',
    help: 'such as `conv[kernel: 1]` or `conv[stride: 2]`',
  },
} as const satisfies SiteMessages;
