/** NRM01xx: files and names given on the command line. */
import { defineDiagnostic } from '../diagnostic.ts';

const orNearest = (nearest: string | null): string | null => (nearest === null ? null : `did you mean \`${nearest}\`?`);

export const files = {
  unreadable: defineDiagnostic<{ path: string; why: string }>({
    code: 'NRM0101',
    severity: 'error',
    title: 'a file cannot be read',
    message: (f) => `cannot read ${f.path}: ${f.why}`,
    help: () => 'check the path; it is taken relative to the folder you are in',
  }),
  unknownTarget: defineDiagnostic<{ name: string; file: string; found: readonly string[]; nearest: string | null }>({
    code: 'NRM0102',
    severity: 'error',
    title: 'a file has no network or train of that name',
    message: (f) => `${f.file} has no network or train \`${f.name}\``,
    help: (f) =>
      orNearest(f.nearest) ??
      (f.found.length === 0 ? 'it declares no network' : `it has ${f.found.map((n) => `\`${n}\``).join(', ')}`),
  }),
  whichTarget: defineDiagnostic<{ file: string; found: readonly string[]; what: string }>({
    code: 'NRM0103',
    severity: 'error',
    title: 'a file has several networks or trains',
    message: (f) =>
      f.found.length === 0 ? `${f.file} has no ${f.what}` : `${f.file} has several ${f.what}s: say which`,
    help: (f) =>
      f.found.length === 0
        ? `declare one: \`${f.what} name { … }\``
        : f.found.map((n) => `\`${f.file}:${n}\``).join(' or '),
  }),
  unknownPolicy: defineDiagnostic<{ name: string; file: string; found: readonly string[]; nearest: string | null }>({
    code: 'NRM0104',
    severity: 'error',
    title: 'a file has no policy of that name',
    message: (f) => `${f.file} has no policy \`${f.name}\``,
    help: (f) =>
      orNearest(f.nearest) ??
      (f.found.length === 0 ? 'it declares no policy' : `it has ${f.found.map((n) => `\`${n}\``).join(', ')}`),
  }),
  stale: defineDiagnostic<{ paths: readonly string[]; command: string }>({
    code: 'NRM0106',
    severity: 'error',
    title: 'generated code is not what the spec says now',
    message: (f) => `${f.paths.join(', ')} ${f.paths.length === 1 ? 'is' : 'are'} not what the spec says now`,
    help: (f) => `\`${f.command}\``,
  }),
  unknownCode: defineDiagnostic<{ code: string; nearest: string | null }>({
    code: 'NRM0107',
    severity: 'error',
    title: 'there is no such error code or word',
    message: (f) => `there is no error code and no word \`${f.code}\``,
    help: (f) => orNearest(f.nearest),
  }),
  foreignFile: defineDiagnostic<{ path: string }>({
    code: 'NRM0108',
    severity: 'error',
    title: 'a file that nrmc did not write stands in the way',
    message: (f) => `${f.path} exists and was not written by nrmc`,
    help: () => 'nothing was changed; move the file away, or choose another `--out`',
  }),
  sameName: defineDiagnostic<{ path: string; names: readonly string[] }>({
    code: 'NRM0109',
    severity: 'error',
    title: 'two declarations would be emitted to one file',
    message: (f) => `${f.names.map((n) => `\`${n}\``).join(' and ')} would both be written to ${f.path}`,
    help: () => 'rename one of them; file names are compared without regard to case',
  }),
  unknownPass: defineDiagnostic<{ name: string; found: readonly string[]; nearest: string | null }>({
    code: 'NRM0110',
    severity: 'error',
    title: 'there is no such pass',
    message: (f) => `there is no pass \`${f.name}\``,
    help: (f) =>
      orNearest(f.nearest) ?? `the passes are ${f.found.map((n) => `\`${n}\``).join(', ')}; \`all\` is every one`,
  }),
  notATrain: defineDiagnostic<{ name: string; file: string; trains: readonly string[] }>({
    code: 'NRM0111',
    severity: 'error',
    title: 'a network was named where a train is needed',
    message: (f) => `\`${f.name}\` is a network; a train says on which data and how to train it`,
    help: (f) =>
      f.trains.length === 0
        ? `declare one: \`train name { network: ${f.name}  data: …  loss: …  optimizer: …  batch: …  epochs: … }\``
        : `${f.file} has ${f.trains.map((n) => `\`${n}\``).join(', ')}`,
  }),
  notText: defineDiagnostic<{ path: string; what: string }>({
    code: 'NRM0112',
    severity: 'error',
    title: 'a spec is not text',
    message: (f) => `${f.path} is not text in UTF-8: ${f.what}`,
    help: (f) =>
      f.what.includes('UTF-16') ? 'save it as UTF-8' : 'a spec is a plain text file; is this the right one?',
  }),
  otherNetwork: defineDiagnostic<{ weights: string; trained: string; network: string; file: string }>({
    code: 'NRM0113',
    severity: 'error',
    title: 'the policy that weights carry does not fit the network',
    message: (f) => `${f.weights} was trained as ${f.trained}; that policy does not fit \`${f.network}\` of ${f.file}`,
    help: () =>
      'predict with the network that the weights were trained for, or name a policy of the file with `--policy`',
  }),
  changedNetwork: defineDiagnostic<{ weights: string; network: string; difference: readonly string[] }>({
    code: 'NRM0114',
    severity: 'warning',
    title: 'a network has changed since its weights were trained',
    message: (f) => `\`${f.network}\` is not what ${f.weights} was trained with: ${f.difference.join('; ')}`,
    help: () => 'the weights fit all the same, so prediction goes on; its values may mean something else',
  }),
  nothingDrawn: defineDiagnostic<{ option: string; network: string; policy: string | null }>({
    code: 'NRM0117',
    severity: 'error',
    title: 'predictions are to draw, and nothing in the network does',
    message: (f) =>
      `\`${f.option}\`: network \`${f.network}\`${f.policy === null ? '' : ` under policy \`${f.policy}\``} draws nothing in prediction`,
    label: () => 'no dropout here',
    help: (f) =>
      f.option === '--seed'
        ? 'leave it out; it is for `--samples`, and for `dropconnect(…, inference: gaussian(samples: n))`'
        : 'draws are of dropout, drop_path and dropconnect; noise is for training only. Leave it out, or use a policy with one of them',
  }),
};
