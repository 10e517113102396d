/** Errors a user can make at run time, as data: a code, what happened, what to do. NRM4xxx data, NRM5xxx weights and runs. */
import { dataErrors } from './data-errors.ts';
import { externErrors } from './extern-errors.ts';
import { loopErrors } from './loop/errors.ts';
import { lossErrors } from './loss-errors.ts';
import { scheduleErrors } from './schedule-errors.ts';
import { sweepErrors } from './sweep-errors.ts';

export interface RuntimeError<Facts extends object> {
  /** NRM and four digits; never reused. */
  readonly code: `NRM${number}`;
  /** Heading of the page `docs/errors/<code>.md`. */
  readonly title: string;
  /** Stands alone: names what was expected and what was found. */
  readonly message: (facts: Facts) => string;
  readonly help: (facts: Facts) => string | null;
}

/** A mistake of the user's, or of the machine's; never a defect of nrmc. Shown by `renderError`, without a stack. */
export class NrmcError extends Error {
  readonly code: string;
  readonly help: string | null;
  /** The file it is about. */
  readonly place?: string;

  constructor(
    error: { readonly code: string; readonly message: string; readonly help: string | null },
    place?: string,
  ) {
    super(error.message);
    this.name = 'NrmcError';
    this.code = error.code;
    this.help = error.help;
    if (place !== undefined) this.place = place;
  }

  /** As the compiler's diagnostics: the command line shows both alike. */
  get diagnostic() {
    const { code, message, help } = this;
    return { code, severity: 'error' as const, message, labels: [], help, fix: [] };
  }
}

/** `throw failure(runtimeErrors.notGzip, { file })` */
export function failure<Facts extends object>(kind: RuntimeError<Facts>, facts: Facts): NrmcError {
  const error = { code: kind.code, message: kind.message(facts), help: kind.help(facts) };
  return new NrmcError(error, 'file' in facts && typeof facts.file === 'string' ? facts.file : undefined);
}

/** The error as text, in the form of the compiler's diagnostics. */
export const renderError = (error: NrmcError): string => render('error', error);

/** Something that is likelier a mistake than meant, and stops nothing. */
export const renderWarning = <Facts extends object>(kind: RuntimeError<Facts>, facts: Facts): string =>
  render('warning', failure(kind, facts));

const render = (severity: 'error' | 'warning', { code, message, help }: NrmcError): string =>
  [
    `${severity}[${code}]: ${message}`,
    ...(help === null ? [] : [`  = help: ${help}`]),
    `  = explain: nrmc explain ${code}`,
  ].join('\n');

/** Why some weights do not fit a network. */
export type Mismatch =
  | { readonly kind: 'missing'; readonly name: string; readonly shape: readonly number[] }
  | { readonly kind: 'extra'; readonly name: string; readonly shape: readonly number[] }
  | {
      readonly kind: 'shape';
      readonly name: string;
      readonly shape: readonly number[];
      readonly found: readonly number[];
    };

export const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
const lines = (items: readonly string[]): string => items.map((item) => `\n  ${item}`).join('');
/** [C, H, W] where [H, W, C] is meant. */
const channelsFirst = (found: readonly number[], [height, width, channels, ...more]: readonly number[]): boolean =>
  channels !== undefined &&
  more.length === 0 &&
  height !== channels &&
  found.join() === [channels, height, width].join();
const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
const quoted = (names: readonly string[]): string => names.map((n) => `\`${n}\``).join(', ');

function mismatchText(m: Mismatch): string {
  if (m.kind === 'shape') return `${m.name}: ${shapeText(m.shape)} in the network, ${shapeText(m.found)} in the file`;
  return m.kind === 'missing'
    ? `${m.name}: missing; the network has ${shapeText(m.shape)}`
    : `${m.name}: ${shapeText(m.shape)} in the file, nothing in the network`;
}

const define = <Facts extends object>(error: RuntimeError<Facts>): RuntimeError<Facts> => error;

const data = {
  missingData: define<{ name: string; tried: readonly string[]; files: readonly string[] }>({
    code: 'NRM4001',
    title: 'a data set is not there',
    message: (f) => `no data set \`${f.name}\`; looked in${lines(f.tried)}`,
    help: (f) =>
      f.files.length === 0
        ? 'put it there, or name the folder that holds it with `--data DIR`'
        : `put ${f.files.slice(0, -1).join(', ')} and ${f.files.at(-1)} there (idx2 for vectors, idx4 for pictures in colour), or name their folder with \`--data DIR\``,
  }),
  missingFile: define<{ name: string; tried: readonly string[] }>({
    code: 'NRM4002',
    title: 'a file of a data set is missing',
    message: (f) => `data set \`${f.name}\` is not whole; there is no${lines(f.tried)}`,
    help: (f) =>
      f.tried.every((file) => file.endsWith('.bin'))
        ? 'the binary version of CIFAR has files to train on and to test with'
        : 'a data set has a file for each field, for training and for testing; each may be gzipped (.gz). Without files to test with, `test: 20%` holds some out',
  }),
  dataUnreadable: define<{ file: string; why: string }>({
    code: 'NRM4003',
    title: 'a data file cannot be read',
    message: (f) => `cannot read ${f.file}: ${f.why}`,
    help: () => 'check that it is a file and that you may read it',
  }),
  notGzip: define<{ file: string; why: string }>({
    code: 'NRM4004',
    title: 'a gzipped file is damaged',
    message: (f) => `${f.file} cannot be unpacked: ${f.why}`,
    help: () => 'download or copy it again; a transfer may have been cut short',
  }),
  notIdx: define<{ file: string; found: string }>({
    code: 'NRM4005',
    title: 'a file is not an idx file',
    message: (f) => `${f.file} is not an idx file: it begins with ${f.found}`,
    help: () =>
      'an idx file begins with two zero bytes, the type of its values (08, 0c or 0d) and the number of its dimensions',
  }),
  idxType: define<{ file: string; type: string }>({
    code: 'NRM4006',
    title: 'an idx file has values of a type that is not read',
    message: (f) => `${f.file} holds ${f.type}, which are not read`,
    help: () => 'unsigned bytes (08), 32-bit integers (0c) and 32-bit floats (0d) are',
  }),
  idxLength: define<{ file: string; shape: readonly number[] | null; expected: number; found: number }>({
    code: 'NRM4007',
    title: 'an idx file does not have the length that its header says',
    message: (f) => {
      const ends = `${f.file} ${f.found < f.expected ? 'is cut short' : 'is longer than it says'}`;
      return f.shape === null
        ? `${ends}: its header needs ${plural(f.expected, 'byte')}, it has ${f.found.toLocaleString('en-US')}`
        : `${ends}: ${shapeText(f.shape)} needs ${plural(f.expected, 'byte')}, it has ${f.found.toLocaleString('en-US')}`;
    },
    help: () => 'download or copy it again; a transfer may have been cut short',
  }),
  countsDiffer: define<{ counts: readonly { readonly file: string; readonly count: number }[] }>({
    code: 'NRM4008',
    title: 'the files of a data set hold different numbers of samples',
    message: (f) => f.counts.map(({ file, count }) => `${file} holds ${plural(count, 'sample')}`).join(', '),
    help: () => 'the files must come from the same part of the same data set',
  }),
  sampleShape: define<{ file: string; found: readonly number[]; field: string; shape: readonly number[] }>({
    code: 'NRM4009',
    title: 'samples do not have the shape of their field',
    message: (f) => `${f.file} holds samples of ${shapeText(f.found)}, field \`${f.field}\` is ${shapeText(f.shape)}`,
    help: (f) =>
      f.shape.length === 0
        ? `labels are one number a sample, [N]${f.found.length === 1 ? '; of rows with a 1 in the place of the class: `labels.argmax(1)`' : ''}`
        : channelsFirst(f.found, f.shape)
          ? 'channels come last: `x.transpose(0, 2, 3, 1)` of NumPy brings them there'
          : `write \`${f.field}: float32[${[...f.found, ...(f.shape.length > f.found.length ? [1] : [])].join(', ')}]\` in the data and in the network, or use other files`,
  }),
  labelOutside: define<{ file: string; place: string; value: number; field: string; classes: number }>({
    code: 'NRM4010',
    title: 'a label is outside its classes',
    message: (f) =>
      `${f.file}: label ${f.value} of ${f.place} is outside \`${f.field}: class(${f.classes})\`, 0 to ${f.classes - 1}`,
    help: (f) =>
      Number.isInteger(f.value) && f.value >= f.classes
        ? `labels count from 0: with a label ${f.value} it is at least \`class(${f.value + 1})\``
        : 'labels are whole numbers and count from 0',
  }),
  tooFewForBatch: define<{ samples: number; batch: number; last: 'keep' | 'drop' }>({
    code: 'NRM4011',
    title: 'there are too few samples to train on',
    message: (f) =>
      `${f.samples === 0 ? 'no samples are' : `${plural(f.samples, 'sample')} ${f.samples === 1 ? 'is' : 'are'}`} left to train on${f.samples === 0 ? '' : `, less than one batch of ${f.batch}`}`,
    help: (f) =>
      f.samples === 0
        ? 'use more data, or a smaller `validation` share'
        : `use \`batch: ${f.samples}\` or less, or \`last: keep\``,
  }),
  tooFewForValidation: define<{ samples: number; share: number }>({
    code: 'NRM4012',
    title: 'there are too few samples for a validation part',
    message: (f) => `${Number((f.share * 100).toPrecision(12))}% of ${plural(f.samples, 'training sample')} is none`,
    help: () => 'use a larger `validation` share, or leave it out',
  }),
  singleSample: define<{ samples: number; batch: number }>({
    code: 'NRM4013',
    title: 'a batch of one sample meets batch statistics',
    message: (f) =>
      f.batch === 1
        ? 'batches of one sample have no batch statistics'
        : `${plural(f.samples, 'training sample')} in batches of ${f.batch} leave a last batch of one sample, which has no batch statistics`,
    help: (f) => (f.batch === 1 ? 'use a larger `batch`' : '`last: drop` leaves it out; or choose another `batch`'),
  }),
  noSamples: define<{ file: string }>({
    code: 'NRM4017',
    title: 'a data file holds no samples',
    message: (f) => `${f.file} holds no samples`,
    help: () => 'each part of a data set needs at least one',
  }),
  inputMissing: define<{ file: string | null; input: string; found: readonly string[] }>({
    code: 'NRM4014',
    title: 'an input is not in the file',
    message: (f) =>
      f.file === null
        ? `no file is given for input \`${f.input}\``
        : `${f.file} has no tensor \`${f.input}\`${f.found.length === 0 ? '; it is empty' : `; it has ${quoted(f.found)}`}`,
    help: (f) =>
      f.file === null
        ? `write \`--input ${f.input}=FILE\`, or \`--input FILE\` with a file that holds \`${f.input}\``
        : `name the tensor after the network's input: \`${f.input}\``,
  }),
  inputShape: define<{ file: string; input: string; shape: readonly (number | string)[]; found: readonly number[] }>({
    code: 'NRM4015',
    title: 'an input does not have the shape of its field',
    message: (f) =>
      `${f.file}: \`${f.input}\` is ${shapeText(f.found)}, the network takes [${['N', ...f.shape].join(', ')}]`,
    help: (f) => {
      if (f.found.join() === f.shape.join())
        return `the batch dimension is missing: ${shapeText([1, ...f.found])} is one sample`;
      return f.found[0] === 0 ? 'there must be at least one sample' : 'the first dimension counts the samples';
    },
  }),
  inputCounts: define<{ files: readonly string[]; counts: readonly (readonly [name: string, count: number])[] }>({
    code: 'NRM4016',
    title: 'inputs have different numbers of samples',
    message: (f) =>
      `${f.files.join(', ')}: ${f.counts.map(([name, n]) => `\`${name}\` has ${plural(n, 'sample')}`).join(', ')}`,
    help: () => 'the first dimension of all inputs counts the same samples',
  }),
  inputUnknown: define<{ input: string; found: readonly string[]; twice: boolean }>({
    code: 'NRM4019',
    title: 'a file is given for an input that the network does not have',
    message: (f) =>
      f.twice
        ? `input \`${f.input}\` is given twice`
        : `the network has no input \`${f.input}\`; it has ${quoted(f.found)}`,
    help: () => 'write `--input name=file` once for each input, or `--input file` with a file that holds all of them',
  }),
  inputNotFinite: define<{ file: string; input: string; sample: number; value: number }>({
    code: 'NRM4018',
    title: 'an input is not finite',
    message: (f) => `${f.file}: \`${f.input}\` holds ${f.value} in sample ${f.sample.toLocaleString('en-US')}`,
    help: () => 'nothing was predicted; samples are counted from 0',
  }),
};

const weights = {
  otherInputs: define<{ file: string; inputs: readonly string[]; found: readonly string[] }>({
    code: 'NRM5005',
    title: 'weights were trained on other inputs',
    message: (f) => `${f.file} was trained on ${quoted(f.found)}, the network has ${quoted(f.inputs)}`,
    help: () => 'preprocessing is stored by input: name the inputs of the network as they were when it was trained',
  }),
  notSafetensors: define<{ file: string; why: string }>({
    code: 'NRM5001',
    title: 'a file is not a safetensors file',
    message: (f) => `${f.file} is not a safetensors file that can be used: ${f.why}`,
    help: () => 'the file is damaged, of another format, or a copy that was cut short',
  }),
  weightsDoNotFit: define<{ file: string; network: string; mismatches: readonly Mismatch[] }>({
    code: 'NRM5002',
    title: 'weights do not fit the network',
    message: (f) =>
      `${f.file} does not fit ${f.network}: ${plural(f.mismatches.length, 'mismatch', 'mismatches')}${lines(f.mismatches.map(mismatchText))}`,
    help: () => 'nothing was loaded; use the spec and the policy that these weights were trained with',
  }),
  startDoesNotFit: define<{ file: string; network: string; mismatches: readonly Mismatch[] }>({
    code: 'NRM5006',
    title: 'weights to start from do not fit the network',
    message: (f) =>
      `${f.file} has not what ${f.network} starts from: ${plural(f.mismatches.length, 'mismatch', 'mismatches')}${lines(f.mismatches.map(mismatchText))}`,
    help: () =>
      'nothing was trained; start fewer layers from it, as in `stem { start: "…" }`, or use weights that have these names',
  }),
  weightsUnreadable: define<{ file: string; why: string }>({
    code: 'NRM5003',
    title: 'a file of tensors cannot be read',
    message: (f) => `cannot read ${f.file}: ${f.why}`,
    help: () => 'check the path; it is taken relative to the folder you are in',
  }),
  noProbabilities: define<{ file: string; output: string }>({
    code: 'NRM5004',
    title: 'probabilities are asked of weights that do not say which',
    message: (f) =>
      `${f.file} does not say which loss output \`${f.output}\` was trained with, so it has no probabilities`,
    help: () => 'leave `--probabilities` out, or use weights written by `nrmc train`',
  }),
};

const runs = {
  notFinite: define<{ symptom: string; cause: string | null; kept: string; blame: 'steps' | 'data' | 'loss' }>({
    code: 'NRM5101',
    title: 'training has left the finite numbers',
    message: (f) => (f.cause === null ? f.symptom : `${f.symptom}: ${f.cause}`),
    help: (f) =>
      ({
        data: `${f.kept}; look for the value in the data files`,
        loss: `${f.kept}; the loss has no finite value there: a logarithm or root of what is not above 0, or a division by 0. End the network with what the loss takes, such as \`act(softplus)\` for numbers above 0`,
        steps: `${f.kept}; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help`,
      })[f.blame],
  }),
  runExists: define<{ folder: string }>({
    code: 'NRM5102',
    title: 'a run folder is not empty',
    message: (f) => `${f.folder} exists and is not empty; a run never overwrites`,
    help: (f) => `choose another \`--run\`; a run that is not finished goes on with \`--resume ${f.folder}\``,
  }),
  inUse: define<{ folder: string; pid: number }>({
    code: 'NRM5110',
    title: 'a run is in use by another process',
    message: (f) => `process ${f.pid} is training in ${f.folder}`,
    help: (f) =>
      `wait for it, or stop it and resume then; if that process is another one by now, remove ${f.folder}/run.lock`,
  }),
  notWritable: define<{ path: string; why: string }>({
    code: 'NRM5103',
    title: 'a result cannot be written',
    message: (f) => `cannot write ${f.path}: ${f.why}`,
    help: () => 'choose another folder, or free this one',
  }),
  notARun: define<{ folder: string; why: string }>({
    code: 'NRM5104',
    title: 'a folder is not a run',
    message: (f) => `${f.folder} is not a run: ${f.why}`,
    help: () => 'a run is a folder that `nrmc train` has written, such as runs/lenet-1',
  }),
  changedSpec: define<{ folder: string; difference: readonly string[] }>({
    code: 'NRM5105',
    title: 'the spec has changed since the run began',
    message: (f) => `the spec is not the one that ${f.folder} was begun with${lines(f.difference)}`,
    help: () => 'put the spec back as it was (the folder has it as spec.nrm), or begin a new run',
  }),
  changedData: define<{ folder: string; files: readonly string[] }>({
    code: 'NRM5106',
    title: 'the data have changed since the run began',
    message: (f) => `the data are not those that ${f.folder} was begun with${lines(f.files)}`,
    help: () => 'name the folder with the same files by `--data DIR`, or begin a new run',
  }),
  finished: define<{ folder: string }>({
    code: 'NRM5107',
    title: 'a run is already finished',
    message: (f) => `${f.folder} is finished; there is nothing to resume`,
    help: (f) => `\`nrmc evaluate ${f.folder}\` evaluates it again`,
  }),
  backendFails: define<{ backend: string; why: string }>({
    code: 'NRM5108',
    title: 'a backend cannot be used',
    message: (f) => `backend \`${f.backend}\` cannot be used: ${f.why}`,
    help: (f) =>
      f.backend === 'node'
        ? 'install it (`npm install @tensorflow/tfjs-node`), or use `--backend wasm`, which needs nothing'
        : '`--backend cpu` works everywhere, slowly',
  }),
  noWeights: define<{ folder: string }>({
    code: 'NRM5109',
    title: 'a run has no weights yet',
    message: (f) => `${f.folder} has no weights yet`,
    help: (f) => `train it first: \`nrmc train --resume ${f.folder}\``,
  }),
};

/** Every error the runtime raises. */
export const runtimeErrors = {
  ...data,
  ...dataErrors,
  ...weights,
  ...runs,
  ...externErrors,
  ...lossErrors,
  ...loopErrors,
  ...scheduleErrors,
  ...sweepErrors,
};
