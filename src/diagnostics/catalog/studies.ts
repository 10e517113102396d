/** NRM34xx: sweeps and searches. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

export const studies = {
  badAxis: defineDiagnostic<{ path: string; expects: string; found: string; help: string }>({
    code: 'NRM3401',
    severity: 'error',
    title: 'an axis of a sweep or search without values to try',
    message: (f) => `axis \`${f.path}\` takes ${f.expects}, found ${f.found}`,
    label: () => 'not accepted',
    help: (f) => f.help,
  }),
  refusedValue: defineDiagnostic<
    { path: string; value: string; train: string; why: string; help: string | null },
    'there'
  >({
    code: 'NRM3402',
    severity: 'error',
    title: 'a value of an axis that the train does not take',
    message: (f) => `train \`${f.train}\` cannot have \`${f.path}: ${f.value}\`: ${f.why}`,
    label: () => 'does not work',
    places: { there: () => 'goes wrong here' },
    help: (f) => f.help,
  }),
  nothingToVary: defineDiagnostic<{ what: string; name: string; choices: boolean }>({
    code: 'NRM3403',
    severity: 'error',
    title: 'a sweep or search that varies nothing',
    message: (f) => `${f.what} \`${f.name}\` varies nothing`,
    label: () => 'has no axes',
    help: (f) =>
      `write what to vary: \`over { policy.norm: [none, batch] }\`${f.what === 'search' ? ', or let the network `choose` between paths' : ''}`,
  }),
  unknownObjective: defineDiagnostic<{ name: string; known: readonly string[]; nearest: string | null }>({
    code: 'NRM3404',
    severity: 'error',
    title: 'an objective that cannot be measured',
    message: (f) => `there is no objective \`${f.name}\``,
    label: () => 'unknown objective',
    help: (f) => didYouMean(f.nearest) ?? `objectives are ${f.known.map((k) => `\`${k}\``).join(', ')}`,
  }),
  refusedCombination: defineDiagnostic<
    { settings: readonly string[]; train: string; why: string; help: string | null },
    'other' | 'there'
  >({
    code: 'NRM3420',
    severity: 'error',
    title: 'values of a sweep that do not go together',
    message: (f) => `train \`${f.train}\` cannot have ${listed(quoted(f.settings), 'and')} together: ${f.why}`,
    label: () => 'does not work',
    places: { other: () => 'with this', there: () => 'goes wrong here' },
    help: (f) =>
      [...(f.help === null ? [] : [f.help]), '`nrmc sweep --skip-invalid` leaves such cases out'].join('; or: '),
  }),
  setAndSwept: defineDiagnostic<{ option: string; path: string; sweep: string }>({
    code: 'NRM3421',
    severity: 'error',
    title: 'what a sweep varies is set on the command line',
    message: (f) => `\`${f.option}\` sets \`${f.path}\`, which sweep \`${f.sweep}\` varies`,
    label: () => 'varied here',
    help: (f) => `leave \`${f.option}\` out, or train that one case: \`nrmc train FILE --set ${f.path}=…\``,
  }),
  isSweep: defineDiagnostic<{ name: string; file: string; train: string | null }>({
    code: 'NRM3422',
    severity: 'error',
    title: 'a sweep was named where a train is needed',
    message: (f) => `\`${f.name}\` is a sweep: many cases, not one`,
    label: () => 'declared here',
    help: (f) =>
      [
        `run it with \`nrmc sweep ${f.file} ${f.name}\``,
        ...(f.train === null ? [] : [`its train by itself is \`${f.file}:${f.train}\``]),
      ].join('; '),
  }),
  unknownSweep: defineDiagnostic<{
    file: string;
    name: string | null;
    found: readonly string[];
    nearest: string | null;
  }>({
    code: 'NRM3423',
    severity: 'error',
    title: 'the sweep to run is not there, or one of several',
    message: (f) =>
      f.name !== null
        ? `${f.file} has no sweep \`${f.name}\``
        : f.found.length === 0
          ? `${f.file} has no sweep`
          : `${f.file} has several sweeps: say which`,
    help: (f) =>
      f.found.length === 0
        ? 'declare one: `sweep norms { train: lenet  over { policy.norm: [none, batch] }  repeats: 3 }`'
        : (didYouMean(f.nearest) ?? f.found.map((n) => `\`nrmc sweep ${f.file} ${n}\``).join(' or ')),
  }),
  tooManyCases: defineDiagnostic<{ name: string; cases: number; most: number }>({
    code: 'NRM3424',
    severity: 'error',
    title: 'a sweep of more cases than can be meant',
    message: (f) =>
      `sweep \`${f.name}\` has ${f.cases.toLocaleString('en-US')} cases; ${f.most.toLocaleString('en-US')} is the most`,
    label: () => 'every value is tried with every other',
    help: () => 'leave out values or axes, or write several sweeps',
  }),
  notRun: defineDiagnostic<{ name: string; train: string | null }>({
    code: 'NRM0142',
    severity: 'error',
    title: 'a search is not run yet',
    message: (f) => `search \`${f.name}\` is checked, but this version does not run it yet`,
    help: (f) =>
      f.train === null
        ? 'run its train for each case, with `--set`'
        : `run its train for each case: \`nrmc train FILE ${f.train} --set PATH=VALUE\``,
  }),
};
