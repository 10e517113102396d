/** NRM32xx: settings of data and trains. NRM33xx: training, and from 3320 data. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

export const training = {
  unknownKey: defineDiagnostic<{
    what: string;
    name: string;
    key: string;
    nearest: string | null;
    known: readonly string[];
    /** Where it belongs. */
    hint?: string | null;
  }>({
    code: 'NRM3201',
    severity: 'error',
    title: 'an unknown setting of a data or train declaration',
    message: (f) => `${f.what} \`${f.name}\` has no setting \`${f.key}\``,
    label: () => 'unknown setting',
    help: (f) => f.hint ?? didYouMean(f.nearest) ?? `settings here are ${listed(quoted(f.known), 'and')}`,
  }),
  missingKeys: defineDiagnostic<{
    what: string;
    name: string;
    missing: readonly string[];
    example: string;
    declared: readonly string[];
  }>({
    code: 'NRM3202',
    severity: 'error',
    title: 'a required setting is missing',
    message: (f) => `${f.what} \`${f.name}\` does not say ${listed(quoted(f.missing), 'and')}`,
    label: (f) => (f.missing.length === 1 ? `no \`${f.missing[0]}\`` : `${f.missing.length} settings are missing`),
    help: (f) =>
      `add \`${f.example}\`${f.declared.length < 2 ? '' : `; this file has ${listed(quoted(f.declared), 'and')}`}`,
  }),
  keyTwice: defineDiagnostic<{ what: string; name: string; key: string }, 'first'>({
    code: 'NRM3203',
    severity: 'error',
    title: 'a setting or field is written twice',
    message: (f) => `${f.what} \`${f.name}\` says \`${f.key}\` twice`,
    label: () => 'said again here',
    places: { first: () => 'first said here' },
    help: () => 'keep one of them',
  }),
  badValue: defineDiagnostic<{
    key: string;
    accepts: string;
    found: string;
    nearest: string | null;
    hint?: string | null;
  }>({
    code: 'NRM3204',
    severity: 'error',
    title: 'a setting of a data or train declaration has a value that is not accepted',
    message: (f) => `\`${f.key}\` takes ${f.accepts}, found ${f.found}`,
    label: () => 'not accepted',
    help: (f) => didYouMean(f.nearest) ?? f.hint ?? null,
  }),
  inputWithoutField: defineDiagnostic<
    { network: string; input: string; data: string; fields: readonly string[]; nearest: string | null },
    'input' | 'data'
  >({
    code: 'NRM3301',
    severity: 'error',
    title: 'an input without a data field',
    message: (f) => `input \`${f.input}\` of \`${f.network}\` has no field in data \`${f.data}\``,
    label: (f) => `no field \`${f.input}\``,
    places: { input: () => 'the input', data: () => 'its fields are declared here' },
    help: (f) =>
      f.fields.length === 0
        ? null
        : `fields and inputs are bound by name; the fields are ${listed(quoted(f.fields), 'and')}${f.nearest === null ? '' : `: rename \`${f.nearest}\` or the input`}`,
  }),
  shapesDiffer: defineDiagnostic<
    { network: string; input: string; inputType: string; data: string; fieldType: string },
    'field'
  >({
    code: 'NRM3302',
    severity: 'error',
    title: 'an input and its data field differ',
    message: (f) =>
      `input \`${f.input}\` of \`${f.network}\` is ${f.inputType}, the field in data \`${f.data}\` is ${f.fieldType}`,
    label: (f) => `${f.inputType} here`,
    places: { field: (f) => `${f.fieldType} here` },
    help: (f) =>
      `write \`${f.input}: ${f.inputType}\` in the data, or \`input ${f.input}: ${f.fieldType}\` in the network`,
  }),
  classesDiffer: defineDiagnostic<
    { layer: string; width: number; field: string; classes: number; data: string; network: string },
    'layer' | 'field'
  >({
    code: 'NRM3303',
    severity: 'error',
    title: 'the number of classes and the width of the output differ',
    message: (f) =>
      `\`${f.layer}\` of \`${f.network}\` gives ${f.width} ${f.width === 1 ? 'value' : 'values'} a sample, field \`${f.field}\` of data \`${f.data}\` has ${f.classes} classes`,
    label: () => 'the loss compares these two',
    places: { layer: (f) => `gives ${f.width}`, field: (f) => `${f.classes} classes` },
    help: (f) => `the last layer needs ${f.classes} units`,
  }),
  normOfOne: defineDiagnostic<{ layer: string; features: number | string }, 'norm'>({
    code: 'NRM3308',
    severity: 'error',
    title: 'batch norm measures a single value',
    message: (f) =>
      `with \`batch: 1\` batch norm \`${f.layer}\` measures one value of each of ${f.features} features: it subtracts the value itself, and 0 is left`,
    label: () => 'one value has no variance',
    places: { norm: () => 'batch norm comes from here' },
    help: () => 'use `batch: 8` or more, or a policy without batch norm',
  }),
  adamwWithoutDecay: defineDiagnostic<{ policy: string | null }, 'policy'>({
    code: 'NRM3304',
    severity: 'error',
    title: 'adamw without any decay',
    message: (f) =>
      f.policy === null
        ? '`adamw` is adam with decoupled decay, and there is no policy that sets a decay'
        : `\`adamw\` is adam with decoupled decay, and policy \`${f.policy}\` sets none`,
    label: () => 'is plain adam without a decay',
    places: { policy: () => 'no decay in here' },
    help: () => 'add `conv, dense { decay: 0.01 }` to the policy, or write `adam`',
  }),
  nothingToTrain: defineDiagnostic<{ network: string; frozen: boolean }>({
    code: 'NRM3305',
    severity: 'error',
    title: 'a network without trainable values',
    message: (f) => `network \`${f.network}\` has nothing to train`,
    label: (f) => (f.frozen ? 'all of its weights are frozen' : 'no weights'),
    help: (f) =>
      f.frozen
        ? 'let the policy free a layer: `classifier { trainable: true }`'
        : 'add a layer with weights, such as `dense(10)`',
  }),
  scheduleRises: defineDiagnostic<{ schedule: string; argument: string; final: number; rate: number }, 'rate'>({
    code: 'NRM3306',
    severity: 'error',
    title: 'a schedule that ends above the rate of its optimizer',
    message: (f) => `\`${f.schedule}\` falls to ${f.final}, but the optimizer begins at ${f.rate}`,
    label: (f) => `not below ${f.rate}`,
    places: { rate: () => 'the rate it begins with' },
    help: (f) =>
      `\`${f.argument}\` is a learning rate, not a share: \`${f.argument}: ${Number((f.rate / 100).toPrecision(3))}\` is a hundredth of the rate`,
  }),
  unknownOutput: defineDiagnostic<{
    network: string;
    output: string;
    known: readonly string[];
    nearest: string | null;
  }>({
    code: 'NRM3307',
    severity: 'error',
    title: 'a loss for an output that does not exist',
    message: (f) => `network \`${f.network}\` has no output \`${f.output}\``,
    label: () => 'unknown output',
    help: (f) =>
      didYouMean(f.nearest) ??
      `its outputs are ${listed(quoted(f.known), 'and')}; with one output, \`loss: cross_entropy\` is enough`,
  }),
  outputWithoutLoss: defineDiagnostic<{ network: string; missing: readonly string[]; loss: string }, 'output'>({
    code: 'NRM3309',
    severity: 'error',
    title: 'an output without a loss',
    message: (f) =>
      `network \`${f.network}\` has ${f.missing.length === 1 ? 'an output' : 'outputs'} without a loss: ${listed(quoted(f.missing), 'and')}`,
    label: () => 'each output needs one here',
    places: { output: () => 'an output' },
    help: (f) =>
      `add ${listed(
        f.missing.map((m) => `\`${m}: ${f.loss}\``),
        'and',
      )}; one loss without a name is that of every output`,
  }),
  outputWithoutField: defineDiagnostic<
    {
      network: string;
      output: string;
      data: string;
      open: readonly string[];
      nearest: string | null;
      only: boolean;
      /** Of the output; an input that it could be compared with. */
      loss: string;
      input: string;
    },
    'output' | 'data'
  >({
    code: 'NRM3310',
    severity: 'error',
    title: 'an output without a data field to compare it with',
    message: (f) => `output \`${f.output}\` of \`${f.network}\` has no target in data \`${f.data}\``,
    label: (f) =>
      f.only && f.open.length > 1 ? `${f.open.length} fields could be the target` : `no field \`${f.output}\``,
    places: { output: () => 'the output', data: () => 'its fields are declared here' },
    help: (f) => {
      if (f.open.length === 0)
        return `every field is an input: add one for the target, such as \`label: class(10)\`; a network that gives its input back says \`loss: ${f.loss}(target: ${f.input})\``;
      if (f.only && f.open.length > 1)
        return `name the output after its target: \`output ${f.open[0]}: …\`; fields that are no input are ${listed(quoted(f.open), 'and')}`;
      return f.nearest === null
        ? `targets and outputs are bound by name; fields that are no input are ${listed(quoted(f.open), 'and')}`
        : `targets and outputs are bound by name: rename field \`${f.nearest}\` or the output`;
    },
  }),
  sizesDiffer: defineDiagnostic<
    {
      symbol: string;
      network: string;
      first: { readonly input: string; readonly size: number };
      other: { readonly input: string; readonly size: number };
    },
    'first' | 'field'
  >({
    code: 'NRM3311',
    severity: 'error',
    title: 'one name for two sizes',
    message: (f) =>
      `\`${f.symbol}\` of network \`${f.network}\` is ${f.first.size} by input \`${f.first.input}\` and ${f.other.size} by ${f.other.input === f.first.input ? 'the same input' : `input \`${f.other.input}\``}`,
    label: (f) => `${f.other.size} in the data`,
    places: { first: (f) => `${f.first.size} in the data`, field: (f) => `the field of \`${f.other.input}\`` },
    help: () => 'give sizes that differ names that differ',
  }),
  noTestPart: defineDiagnostic<{ data: string; source: string }>({
    code: 'NRM3320',
    severity: 'error',
    title: 'a source without a test part',
    message: (f) => `data \`${f.data}\` has nothing to test with: \`${f.source}\` has no test part of its own`,
    label: () => 'everything here is trained on',
    help: (f) => `add \`test: 20%\` to hold a fifth of it out, or name another source: \`test: ${f.source}("…")\``,
  }),
  columnsDiffer: defineDiagnostic<{ field: string; found: number; wanted: number }, 'field'>({
    code: 'NRM3321',
    severity: 'error',
    title: 'a field has another number of columns than values',
    message: (f) =>
      `\`${f.field}\` has ${f.wanted} ${f.wanted === 1 ? 'value' : 'values'} a sample, ${f.found} ${f.found === 1 ? 'column is' : 'columns are'} listed`,
    label: (f) => `${f.found} here`,
    places: { field: (f) => `${f.wanted} here` },
    help: (f) => `list one column for each value, or write \`${f.field}: float32[${f.found}]\``,
  }),
  columnTwice: defineDiagnostic<{ field: string; column: string }, 'first'>({
    code: 'NRM3327',
    severity: 'error',
    title: 'a column is listed twice for one field',
    message: (f) => `column \`${f.column}\` is listed twice for \`${f.field}\``,
    label: () => 'again',
    places: { first: () => 'first here' },
    help: () => 'a field takes each column once: list another one here',
  }),
  whiteningTooLarge: defineDiagnostic<{ field: string; size: number; most: number }>({
    code: 'NRM3322',
    severity: 'error',
    title: 'whitening of samples that are too large',
    message: (f) =>
      `\`zca\` of \`${f.field}\` would take a matrix of ${f.size} × ${f.size} numbers; up to ${f.most} numbers a sample are whitened`,
    label: (f) => `${f.size} numbers a sample`,
    help: () => 'its time grows with the third power: use smaller images, or `standardize(per: channel)`',
  }),
  columnsWithoutTable: defineDiagnostic<{ source: string }>({
    code: 'NRM3323',
    severity: 'error',
    title: 'columns of a source that has none',
    message: (f) => `\`columns\` says which cells of a table make up a field, and \`${f.source}\` is no table`,
    label: () => 'would do nothing',
    help: () => 'leave it out, or read a table: `csv("file.csv")`',
  }),
  preprocessedIntegers: defineDiagnostic<{ field: string; shape: readonly number[]; names: readonly string[] }>({
    code: 'NRM3324',
    severity: 'error',
    title: 'preprocessing of a field of whole numbers',
    message: (f) =>
      `${listed(quoted(f.names), 'and')} ${f.names.length === 1 ? 'gives' : 'give'} fractions, and \`${f.field}\` is int32`,
    label: () => 'fractions would be cut off',
    help: (f) => `write \`${f.field}: float32[${f.shape.join(', ')}]\`, or leave the preprocessing out`,
  }),
  whiteningNotLast: defineDiagnostic<{ after: string }>({
    code: 'NRM3326',
    severity: 'error',
    title: 'a preprocessing after whitening',
    message: (f) => `\`zca\` comes last, \`${f.after}\` follows it`,
    label: () => 'comes last',
    help: (f) =>
      f.after === 'zca'
        ? 'leave one of them out: what is white stays as it is'
        : `put \`${f.after}\` before it: what follows would undo that the numbers have variance 1`,
  }),
  fieldNotInSource: defineDiagnostic<{ source: string; has: string; field: string }, 'source'>({
    code: 'NRM3325',
    severity: 'error',
    title: 'a field that its source cannot give',
    message: (f) => `\`${f.source}\` has ${f.has}: no field like \`${f.field}\``,
    label: () => 'not in there',
    places: { source: () => 'from here' },
    help: () => 'give the field another type, or keep such data in an `npz` file, which holds any arrays by name',
  }),
};
