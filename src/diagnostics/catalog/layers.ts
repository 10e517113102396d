/** NRM22xx: arguments. NRM23xx: expressions. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

export const layers = {
  missingArgument: defineDiagnostic<{ callee: string; argument: string; accepts: string | null; positional: boolean }>({
    code: 'NRM2201',
    severity: 'error',
    title: 'a required argument is missing',
    message: (f) => `\`${f.callee}\` needs \`${f.argument}\`${f.accepts === null ? '' : `: ${f.accepts}`}`,
    label: (f) => `no \`${f.argument}\` here`,
    help: (f) =>
      f.positional ? `\`${f.callee}(…)\` with \`${f.argument}\` as its first value` : `add \`${f.argument}: …\``,
  }),
  unknownArgument: defineDiagnostic<{
    callee: string;
    argument: string;
    nearest: string | null;
    known: readonly string[];
    hint: string | null;
  }>({
    code: 'NRM2202',
    severity: 'error',
    title: 'an unknown argument',
    message: (f) => `\`${f.callee}\` has no argument \`${f.argument}\``,
    label: () => 'unknown argument',
    help: (f) =>
      f.hint ??
      didYouMean(f.nearest) ??
      (f.known.length === 0
        ? `\`${f.callee}\` takes no arguments`
        : `\`${f.callee}\` takes ${listed(quoted(f.known))}`),
  }),
  argumentTwice: defineDiagnostic<{ callee: string; argument: string }, 'first'>({
    code: 'NRM2203',
    severity: 'error',
    title: 'an argument is given twice',
    message: (f) => `\`${f.argument}\` of \`${f.callee}\` is given twice`,
    label: () => 'given again here',
    places: { first: () => 'first given here' },
    help: () => 'keep one of them',
  }),
  tooManyArguments: defineDiagnostic<{
    callee: string;
    positional: readonly string[];
    named: readonly string[];
    likely: string | null;
  }>({
    code: 'NRM2204',
    severity: 'error',
    title: 'too many arguments without a name',
    message: (f) =>
      f.positional.length === 0
        ? f.named.length === 0
          ? `\`${f.callee}\` takes no arguments`
          : `the arguments of \`${f.callee}\` are written with their names`
        : `\`${f.callee}\` takes ${f.positional.length === 1 ? 'one argument' : `${f.positional.length} arguments`} without a name: ${listed(quoted(f.positional), 'and')}`,
    label: () => 'which argument is this?',
    help: (f) =>
      didYouMean(f.likely) ??
      (f.named.length === 0
        ? f.positional.length === 0
          ? 'leave the parentheses out'
          : `\`${f.callee}\` takes no more`
        : `name it: ${listed(f.named.map((n) => `\`${n}: …\``))}`),
  }),
  argumentNotAccepted: defineDiagnostic<{
    callee: string;
    argument: string;
    accepts: string;
    found: string;
    nearest: string | null;
    hint: string | null;
  }>({
    code: 'NRM2205',
    severity: 'error',
    title: 'an argument has a value that is not accepted',
    message: (f) => `\`${f.argument}\` of \`${f.callee}\` takes ${f.accepts}, found ${f.found}`,
    label: () => 'not accepted',
    help: (f) => didYouMean(f.nearest) ?? f.hint,
  }),
  bareDropout: defineDiagnostic<{ method: string; value: string; complement: string }>({
    code: 'NRM2206',
    severity: 'error',
    title: 'a dropout number that does not say what it counts',
    message: (f) => `\`${f.method}(${f.value})\` does not say whether ${f.value} is dropped or kept`,
    label: () => 'dropped or kept?',
    help: (f) =>
      `papers and libraries disagree, so it is written out: \`drop: ${f.value}\` drops ${f.value} of the ${f.method === 'drop_path' ? 'samples' : 'values'} (Keras, PyTorch), \`keep: ${f.value}\` keeps that much and drops ${f.complement} (the original paper, TensorFlow 1)`,
  }),
  dropoutRate: defineDiagnostic<{ method: string; both: boolean }>({
    code: 'NRM2207',
    severity: 'error',
    title: 'dropout takes exactly one of `drop` and `keep`',
    message: (f) => `\`${f.method}\` ${f.both ? 'is given both `drop` and `keep`' : 'needs `drop` or `keep`'}`,
    label: (f) => (f.both ? 'one of them follows from the other' : 'no rate here'),
    help: (f) =>
      `\`${f.method}(drop: 0.3)\` drops 30% of the ${f.method === 'drop_path' ? 'samples' : 'values'}; \`${f.method}(keep: 0.7)\` says the same`,
  }),
  operandType: defineDiagnostic<{ operator: string; expected: string; found: string }>({
    code: 'NRM2301',
    severity: 'error',
    title: 'an operator gets a value of the wrong kind',
    message: (f) => `\`${f.operator}\` takes ${f.expected}, found ${f.found}`,
    label: () => 'of another kind',
  }),
  divisionByZero: defineDiagnostic<Record<never, never>>({
    code: 'NRM2302',
    severity: 'error',
    title: 'a division by zero',
    message: () => 'division by zero',
    label: () => 'this is zero',
  }),
  notFinite: defineDiagnostic<{ value: string }>({
    code: 'NRM2303',
    severity: 'error',
    title: 'a number too large to be one',
    message: (f) => `the value is ${f.value}, not a finite number`,
    label: () => 'out of range',
  }),
  unknownVariable: defineDiagnostic<{ name: string; nearest: string | null; known: readonly string[] }>({
    code: 'NRM2304',
    severity: 'error',
    title: 'a name in an expression that stands for nothing',
    message: (f) => `\`${f.name}\` is not a parameter here`,
    label: () => 'stands for no value',
    help: (f) =>
      didYouMean(f.nearest) ??
      (f.known.length === 0
        ? 'a parameter is declared: `network Name(width = 8) { … }`; so is the formula of a loss, `loss own(prediction, target) = mean(…)`'
        : `names with a value here are ${listed(quoted(f.known), 'and')}`),
  }),
  openSize: defineDiagnostic<{ size: string }>({
    code: 'NRM2306',
    severity: 'error',
    title: 'something is computed with a size that only the data know',
    message: (f) => `this size is \`${f.size}\`, which only the data know`,
    label: () => 'nothing can be computed with it',
    help: (f) => `give the input a number for \`${f.size}\``,
  }),
  listTooLarge: defineDiagnostic<{ most: number }>({
    code: 'NRM2307',
    severity: 'error',
    title: 'a list with too many values',
    message: (f) => `this list has more than ${f.most.toLocaleString('en-US')} values, those of lists in it included`,
    label: () => 'too large',
    help: () => 'a list of lists grows with each level',
  }),
  notComparable: defineDiagnostic<{ operator: string; left: string; right: string }>({
    code: 'NRM2305',
    severity: 'error',
    title: 'two values of different kinds are compared',
    message: (f) => `\`${f.operator}\` compares ${f.left} with ${f.right}; they can never be equal`,
    label: () => 'different kinds',
  }),
};
