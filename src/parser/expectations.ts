/** What the grammar expects, in plain words. `errors.ts` makes sentences of it. */

/** What is expected where a rule fails, and what to type. A rule that is not here is worded by the token that it wanted. */
export const expectations: Readonly<Record<string, { readonly expected: string; readonly help?: string }>> = {
  primary: {
    expected: 'a value',
    help: 'a number, a string, a name such as `relu`, a call such as `batch(momentum: 0.9)`, or a list `[…]`',
  },
  value: {
    expected: 'a value',
    help: 'a number, a string, a name such as `relu`, a call such as `batch(momentum: 0.9)`, or a list `[…]`',
  },
  core: {
    expected: 'a step',
    help: 'a layer such as `conv(16, kernel: 3)`, a slot, a block, `{ … }` or `sum { | … | … }`',
  },
  items: {
    expected: 'a step',
    help: 'steps look like `conv(16, kernel: 3)`, `norm`, `label: dense(10)` or `sum { | … | … }`',
  },
  paths: { expected: '`|`', help: 'each path begins with a bar: `sum { | conv(8) | identity }`' },
  settings: { expected: 'a setting', help: 'settings look like `key: value`' },
  setting: { expected: '`:`', help: 'settings look like `key: value`' },
  policyBody: {
    expected: 'a rule',
    help: 'a policy holds fillings such as `norm: batch` and rules such as `conv, dense { init: kaiming }`',
  },
  policyItem: {
    expected: '`:` or `{`',
    help: 'a policy holds fillings such as `norm: batch` and rules such as `conv, dense { init: kaiming }`',
  },
  selector: {
    expected: 'a selector',
    help: 'a selector names an op, slot, label, block or parameter: `conv, dense { … }`',
  },
  selectorPart: {
    expected: 'a selector',
    help: 'a selector names an op, slot, label, block or parameter: `conv, dense { … }`',
  },
  condition: {
    expected: '`first`, `last`, a number, `not …` or `key: value`',
    help: 'such as `conv[first]`, `conv[3]`, `conv[not stem]` or `conv[kernel: 1]`',
  },
  bracket: { expected: '`]`', help: 'one condition a bracket; several stand in a row: `conv[kernel: 1][first]`' },
  dataBody: { expected: 'a setting', help: '`data` holds settings such as `source: idx("…")`, and `fields { … }`' },
  dataItem: { expected: '`:`', help: '`data` holds settings such as `source: idx("…")`, and `fields { … }`' },
  fields: { expected: 'a field', help: 'fields look like `image: float32[28, 28, 1]` or `label: class(10)`' },
  fieldType: { expected: 'a type', help: 'such as `float32[28, 28, 1]` or `class(10)`' },
  studyBody: { expected: 'a setting', help: 'it holds settings such as `train: lenet`, and `over { … }`' },
  studyItem: { expected: '`:`', help: 'it holds settings such as `train: lenet`, and `over { … }`' },
  axes: { expected: 'an axis', help: 'axes look like `policy.norm: [none, batch]`' },
  type: { expected: 'a type', help: 'such as `float32[28, 28, 1]` or `int32[T]`' },
  dimension: { expected: 'a size', help: 'dimensions look like `[28, 28, 1]` or `[...S, C]`' },
  for: {
    expected: 'a name or `[`',
    help: 'such as `for filters in [16, 32] { … }` or `for [filters, count] in [[64, 2], [128, 3]] { … }`',
  },
  dimensions: { expected: '`,` or `]`', help: 'dimensions look like `[28, 28, 1]` or `[...S, C]`' },
  import: { expected: '`from`', help: 'write `import { Residual } from "./blocks.nrm"`' },
  importNames: { expected: '`{`', help: 'write `import { Residual } from "./blocks.nrm"`' },
  extern: {
    expected: '`layer` or `loss`',
    help: 'such as `extern layer gate(x: float32[...S, C]) -> float32[...S, C] from "./gate.ts"`',
  },
  rule: {
    expected: '`{`',
    help: 'a filling is one name and a value, `norm: batch`; the settings of a rule stand in braces, `conv { decay: none }`',
  },
  edition: { expected: 'a number', help: 'write `nrm 1`' },
};

/** Names that a grammar rule wants, by the rule. */
export const names: Readonly<Record<string, string>> = {
  policyReference: 'the name of a policy',
  again: 'the label of a step',
  as: 'a name for the value',
  from: 'the name of a value',
  inputItem: 'the name of the input',
  label: 'a label',
  rest: 'a name such as `S`',
  parameter: 'the name of a parameter',
  externParameter: 'the name of a parameter',
  for: 'a name',
  forName: 'a name',
  type: 'a type',
};
