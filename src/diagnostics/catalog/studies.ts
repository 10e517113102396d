/** NRM34xx: sweeps and searches. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean } from '../wording.ts';

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
  notRun: defineDiagnostic<{ what: string; name: string; train: string | null }>({
    code: 'NRM0142',
    severity: 'error',
    title: 'a sweep or search is not run yet',
    message: (f) => `${f.what} \`${f.name}\` is checked, but this version does not run it yet`,
    help: (f) =>
      f.train === null
        ? 'run its train for each case, with `--set`'
        : `run its train for each case: \`nrmc train FILE ${f.train} --set PATH=VALUE\``,
  }),
};
