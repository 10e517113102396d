/** Settings, wherever they stand, and what only data, sweeps and searches hold. */
import type { SiteMessages } from './message.ts';

const values =
  'a value is a number, a string, a name such as `relu`, a call such as `adam(rate: 1e-3)`, or a list `[…]`';
const fields = 'fields look like `image: float32[28, 28, 1] = minmax` or `label: class(10)`';
const axes = 'axes look like `policy.norm: [none, batch]` or `LeNet.width: range(8, 64)`';

export const settings = {
  'train>settings/LBrace': {
    expected: '`{` and the settings of the training',
    help: 'such as `train lenet { network: LeNet  data: Mnist  loss: cross_entropy  epochs: 5 }`',
  },
  'train>settings/RBrace': {
    expected: 'a setting',
    help: 'the settings of a training look like `batch: 64  epochs: 5  optimizer: adam(rate: 1e-3)`',
  },
  'settings/RBrace': {
    expected: 'a setting',
    help: 'settings look like `key: value`, one after the other: `loss: { mask: binary_crossentropy  label: cross_entropy }`',
  },
  'setting/Colon': {
    expected: (previous) => `\`:\` and a value after \`${previous}\``,
    help: 'a setting is a key, `:` and a value: `epochs: 5`, `init: kaiming`, `optimizer: adam(rate: 1e-3)`',
  },
  'setting>value/choice': { expected: 'the value of the setting', help: values },
  'setting>primary/choice': { expected: 'the value of the setting', help: values },

  'dataBody/LBrace': {
    expected: '`{` and the settings of the data set',
    help: 'such as `data Mnist { source: idx("mnist")  fields { image: float32[28, 28, 1]  label: class(10) } }`',
  },
  'dataBody/RBrace': {
    expected: 'a setting',
    help: '`data` holds settings such as `source: idx("mnist")`, and `fields { … }`',
  },
  'fields/LBrace': {
    expected: '`{` right after `fields`',
    help: 'such as `fields { image: float32[28, 28, 1]  label: class(10) }`',
  },
  'fields/RBrace': { expected: 'a field', help: fields },
  'field/Colon': { expected: (previous) => `\`:\` and the type of \`${previous}\``, help: fields },
  'field>fieldType/choice': { expected: 'the type of the field', help: fields },
  'field>primary/choice': { expected: 'a value for the field', help: fields },

  'sweep>studyBody/LBrace': {
    expected: '`{` and the settings of the sweep',
    help: 'such as `sweep norms { train: lenet  over { policy.norm: [none, batch] }  repeats: 3 }`',
  },
  'search>studyBody/LBrace': {
    expected: '`{` and the settings of the search',
    help: 'such as `search best { train: lenet  over { LeNet.width: range(8, 64) }  method: random(trials: 30) }`',
  },
  'sweep>studyBody/RBrace': {
    expected: 'a setting',
    help: 'a sweep holds settings such as `train: lenet`, and `over { policy.norm: [none, batch] }`',
  },
  'search>studyBody/RBrace': {
    expected: 'a setting',
    help: 'a search holds settings such as `train: lenet`, and `over { LeNet.width: range(8, 64) }`',
  },
  'axes/LBrace': {
    expected: '`{` right after `over`',
    help: 'such as `over { policy.norm: [none, batch]  batch: [16, 64] }`',
  },
  'axes/RBrace': { expected: 'an axis', help: axes },
  'axis>dotted/AnyName': { expected: 'a name after `.`', help: axes },
  'axis/Colon': { expected: (previous) => `\`:\` and the values of \`${previous}\``, help: axes },
  'axis>value/choice': { expected: 'the values to try', help: axes },
  'axis>primary/choice': { expected: 'the values to try', help: axes },
} as const satisfies SiteMessages;
