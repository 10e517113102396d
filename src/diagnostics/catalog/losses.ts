/** NRM326x to NRM328x: losses, what they compare and what samples count; formulas of losses; metrics. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

type Shape = readonly (number | string)[];
const type = (dtype: string, shape: Shape): string => `${dtype}[${shape.join(', ')}]`;

const huber = '`loss huber(prediction, target, delta = 1) = mean(…)`';

export const losses = {
  targetDiffers: defineDiagnostic<{ loss: string; output: Shape; dtype: string; target: Shape }, 'producer'>({
    code: 'NRM3260',
    severity: 'error',
    title: 'an output and its target differ',
    message: (f) =>
      `\`${f.loss}\` compares an output ${type('float32', f.output)} with a target ${type(f.dtype, f.target)}`,
    label: () => 'compares number with number',
    places: { producer: (f) => `gives ${type('float32', f.output)} a sample` },
    help: (f) => `write \`${type('float32', f.output)}\` at the field, or end the network with \`${ending(f.target)}\``,
  }),
  classWeights: defineDiagnostic<{ loss: string; weights: number; field: string; classes: number | null }, 'field'>({
    code: 'NRM3261',
    severity: 'error',
    title: 'weights of classes that are not those of the target',
    message: (f) =>
      f.classes === null
        ? `\`${f.loss}\` has a weight for each of ${f.weights} classes, and \`${f.field}\` has no classes`
        : `\`${f.loss}\` has ${f.weights} ${f.weights === 1 ? 'weight' : 'weights'}, \`${f.field}\` has ${f.classes} classes`,
    label: (f) => (f.classes === null ? 'weighs classes' : `${f.classes} are needed`),
    places: { field: (f) => (f.classes === null ? 'numbers' : `${f.classes} classes`) },
    help: (f) =>
      f.classes === null
        ? 'what each sample counts can be a field of the data: `sample: weight`'
        : `give each class a weight, in order: \`weights: [${Array.from({ length: Math.min(f.classes, 8) }, () => 1).join(', ')}${f.classes > 8 ? ', …' : ''}]\``,
  }),
  sampleWeights: defineDiagnostic<
    {
      loss: string;
      field: string;
      data: string;
      found: string | null;
      fields: readonly string[];
      nearest: string | null;
    },
    'field'
  >({
    code: 'NRM3262',
    severity: 'error',
    title: 'weights of samples from a field that has none',
    message: (f) =>
      f.found === null
        ? `data \`${f.data}\` has no field \`${f.field}\` for what each sample counts`
        : `what each sample counts is one number, \`float32[1]\`; field \`${f.field}\` is ${f.found}`,
    label: (f) => (f.found === null ? 'names no field' : 'not a number a sample'),
    places: { field: (f) => `${f.found} here` },
    help: (f) =>
      didYouMean(f.nearest) ??
      (f.found === null && f.fields.length > 0 ? `its fields are ${listed(quoted(f.fields), 'and')}` : null),
  }),
  noSuchTarget: defineDiagnostic<
    { loss: string; field: string; data: string; fields: readonly string[]; nearest: string | null },
    'data'
  >({
    code: 'NRM3273',
    severity: 'error',
    title: 'a loss that names a target which the data do not have',
    message: (f) => `data \`${f.data}\` has no field \`${f.field}\` to compare with`,
    label: () => 'names no field',
    places: { data: () => 'its fields are declared here' },
    help: (f) => didYouMean(f.nearest) ?? `its fields are ${listed(quoted(f.fields), 'and')}`,
  }),
  metricMisfit: defineDiagnostic<{ metric: string; needs: string; found: string }, 'output'>({
    code: 'NRM3263',
    severity: 'error',
    title: 'a metric that does not fit what it measures',
    message: (f) => `\`${f.metric}\` needs ${f.needs}; ${f.found}`,
    label: (f) => `needs ${f.needs}`,
    places: { output: () => 'the output' },
    help: (f) =>
      f.needs.startsWith('classes')
        ? 'of numbers there are `mean_absolute_error`, `mean_squared_error` and `r2`'
        : f.needs.startsWith('numbers')
          ? 'of classes there are `accuracy`, `top_k`, `precision`, `recall`, `f1`, `confusion_matrix` and `calibration_error`'
          : f.needs === 'a loss of numbers'
            ? 'logits are not on the scale of the target: leave the metric out, or train with `mean_squared_error`'
            : null,
  }),
  unknownName: defineDiagnostic<{ loss: string; name: string; known: readonly string[]; nearest: string | null }>({
    code: 'NRM3264',
    severity: 'error',
    title: 'an unknown name in the formula of a loss',
    message: (f) => `nothing is called \`${f.name}\` in loss \`${f.loss}\``,
    label: () => 'unknown name',
    help: (f) => didYouMean(f.nearest) ?? `known here: ${listed(quoted(f.known), 'and')}`,
  }),
  unknownFunction: defineDiagnostic<{ name: string; known: readonly string[]; nearest: string | null }>({
    code: 'NRM3265',
    severity: 'error',
    title: 'an unknown function in the formula of a loss',
    message: (f) => `formulas of losses have no function \`${f.name}\``,
    label: () => 'unknown function',
    help: (f) => didYouMean(f.nearest) ?? `there are ${listed(quoted(f.known), 'and')}`,
  }),
  badArguments: defineDiagnostic<{ call: string; found: string; written: string }>({
    code: 'NRM3266',
    severity: 'error',
    title: 'a function of a formula with other arguments than it takes',
    message: (f) => `\`${f.call}\` ${f.found}`,
    label: () => 'not what it takes',
    help: (f) => `write \`${f.written}\``,
  }),
  notScalar: defineDiagnostic<{ loss: string; found: 'elements' | 'rows' }>({
    code: 'NRM3267',
    severity: 'error',
    title: 'a loss that is not one number',
    message: (f) =>
      f.found === 'elements'
        ? `loss \`${f.loss}\` gives a number for each element, and a loss is one number`
        : `loss \`${f.loss}\` gives a number for each row, and a loss is one number`,
    label: () => 'many numbers',
    help: () => 'take the mean of it: `mean(…)`',
  }),
  badParameters: defineDiagnostic<{ loss: string; problem: string }>({
    code: 'NRM3268',
    severity: 'error',
    title: 'a loss that does not take a prediction and a target',
    message: (f) => `loss \`${f.loss}\` ${f.problem}`,
    label: () => 'a prediction, a target, then numbers',
    help: () => `such as ${huber}`,
  }),
  nameTaken: defineDiagnostic<{ name: string; by: string }>({
    code: 'NRM3269',
    severity: 'error',
    title: 'a loss of your own with a name that is taken',
    message: (f) => `a loss of your own cannot be called \`${f.name}\`: it is ${f.by}`,
    label: () => 'not free here',
    help: (f) => `give it a name of its own, such as \`my_${f.name}\``,
  }),
  externOperands: defineDiagnostic<{ name: string; problem: string }>({
    code: 'NRM3270',
    severity: 'error',
    title: 'a loss from a module that does not take a prediction and a target',
    message: (f) => `loss \`${f.name}\` ${f.problem}`,
    label: () => 'two tensors, then plain parameters',
    help: () =>
      'such as `extern loss tilted(prediction: float32[...S], target: float32[...S], share = 0.5) from "./tilted.ts"`',
  }),
  badOperand: defineDiagnostic<{ operator: string; expected: string; found: string }>({
    code: 'NRM3271',
    severity: 'error',
    title: 'a part of a formula that is no number, or no comparison',
    message: (f) => `${f.operator} takes ${f.expected}, found ${f.found}`,
    label: () => 'not taken here',
    help: (f) =>
      f.expected === 'a comparison'
        ? 'compare two numbers: `abs(prediction - target) <= 1`'
        : f.found === 'a comparison'
          ? 'to choose by a comparison write `where(a < b, x, y)`'
          : null,
  }),
  constantLoss: defineDiagnostic<{ loss: string; prediction: string }>({
    code: 'NRM3272',
    severity: 'error',
    title: 'a loss that does not depend on the prediction',
    message: (f) => `loss \`${f.loss}\` does not depend on \`${f.prediction}\`: there is nothing to learn from it`,
    label: () => 'the same for every network',
    help: (f) => `compare \`${f.prediction}\` with the target in its formula`,
  }),
};

/** The last step that would give such values. */
const ending = (shape: Shape): string =>
  shape.length === 1 ? `dense(${shape[0]})` : shape.length === 3 ? `conv(${shape[2]}, kernel: 1)` : 'flatten';
