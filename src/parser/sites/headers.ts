/** Declarations up to their bodies: names, parameters, imports, externs, losses. */
import type { SiteMessages } from './message.ts';

const importing = 'an import looks like `import { Residual } from "./blocks.nrm"`';
const externs = 'such as `extern layer gate(x: float32[...S, C]) -> float32[...S, C] from "./gate.ts"`';
const losses = 'a loss is one formula: `loss squared(prediction, target) = mean(square(prediction - target))`';
const parameters =
  'parameters look like `(filters, stride = 1)`: a name, and `=` with a value where there is a default';

export const headers = {
  'edition/Number': { expected: 'the number of the edition', help: 'write `nrm 1`, or leave the line out' },

  'network>declaredName/Identifier': {
    expected: 'the name of the network',
    help: 'such as `network LeNet { … }` or `network LeNet(classes = 10) with Plain { … }`',
  },
  'block>declaredName/Identifier': {
    expected: 'the name of the block',
    help: 'such as `block Residual(filters) { … }`; it is used as a step: `Residual(64)`',
  },
  'policy>declaredName/Identifier': {
    expected: 'the name of the policy',
    help: 'such as `policy Modern { norm: batch  act: relu }`',
  },
  'data>declaredName/Identifier': {
    expected: 'the name of the data set',
    help: 'such as `data Mnist { source: idx("mnist")  fields { … } }`',
  },
  'train>declaredName/Identifier': {
    expected: 'the name of the training',
    help: 'such as `train lenet { network: LeNet  data: Mnist  epochs: 5 }`',
  },
  'sweep>declaredName/Identifier': {
    expected: 'the name of the sweep',
    help: 'such as `sweep norms { train: lenet  over { policy.norm: [none, batch] } }`',
  },
  'search>declaredName/Identifier': {
    expected: 'the name of the search',
    help: 'such as `search best { train: lenet  over { LeNet.width: range(8, 64) } }`',
  },
  'loss>declaredName/Identifier': { expected: 'the name of the loss', help: losses },
  'extern>declaredName/Identifier': { expected: 'the name of the layer or loss', help: externs },
  'importNames>declaredName/Identifier': { expected: 'the name of what is imported', help: importing },

  'network>policyReference/Identifier': {
    expected: 'the name of a policy after `with`',
    help: 'such as `network LeNet with Plain { … }`; without a policy there is no `with`',
  },
  'policy>policyReference/Identifier': {
    expected: 'the name of a policy after `extends`',
    help: 'such as `policy Strong extends Modern { drop: dropout(drop: 0.5) }`',
  },

  'parameters/LParen': { expected: '`(` and the parameters of the loss', help: losses },
  'parameters/RParen': { expected: '`,` or `)` after a parameter', help: parameters },
  'parameter/AnyName': { expected: 'the name of a parameter', help: parameters },
  'default>primary/choice': {
    expected: 'the default of the parameter after `=`',
    help: 'such as `(classes = 10)`; a parameter without a default is its name alone',
  },

  'importNames/LBrace': { expected: '`{` and the names to import', help: importing },
  'importNames/RBrace': { expected: '`,` or `}` after a name', help: importing },
  'import/From': { expected: '`from` and the path of the file', help: importing },
  'import/String': { expected: 'the path of a file, in double quotes', help: importing },

  'extern/choice': { expected: '`layer` or `loss` after `extern`', help: `${externs}, or \`extern loss …\`` },
  'externParameters/LParen': { expected: '`(` and the parameters', help: externs },
  'externParameters/RParen': {
    expected: '`,` or `)` after a parameter',
    help: 'parameters look like `(x: float32[...S, C], rate = 0.5)`: inputs have a type, numbers a default',
  },
  'externParameter/AnyName': {
    expected: 'the name of a parameter',
    help: 'parameters look like `(x: float32[...S, C], rate = 0.5)`: inputs have a type, numbers a default',
  },
  'extern/From': { expected: '`from` and the path of a module', help: `${externs}; a loss has no \`->\`` },
  'extern/String': { expected: 'the path of a module, in double quotes', help: externs },
  'annotation>type/Identifier': {
    expected: 'the type of the parameter after `:`',
    help: 'such as `extern layer gate(x: float32[...S, C]) …`; a default is written with `=`',
  },
  'extern>type/Identifier': {
    expected: 'the type of the result after `->`',
    help: externs,
  },

  'loss/Assign': { expected: '`=` and the formula of the loss', help: losses },
  'loss>primary/choice': { expected: 'the formula of the loss', help: losses },

  'declaration/end': {
    expected: 'an operator, or another declaration',
    help: 'a formula has its operators written out: `0.5 * mean(square(prediction - target))`',
  },
} as const satisfies SiteMessages;
