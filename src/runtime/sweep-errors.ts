/** NRM514x: sweeps. */
import type { RuntimeError } from './errors.ts';

const define = <Facts extends object>(error: RuntimeError<Facts>): RuntimeError<Facts> => error;
const lines = (all: readonly string[]): string => all.map((line) => `\n  ${line}`).join('');

export const sweepErrors = {
  notASweep: define<{ folder: string; why: string }>({
    code: 'NRM5140',
    title: 'a folder is not a sweep',
    message: (f) => `${f.folder} is not a sweep: ${f.why}`,
    help: () => 'a sweep is a folder that `nrmc sweep` has written, such as sweeps/norms-1',
  }),
  sweepChanged: define<{ folder: string; difference: readonly string[] }>({
    code: 'NRM5141',
    title: 'the spec has changed since the sweep began',
    message: (f) => `the spec is not the one that ${f.folder} was begun with${lines(f.difference)}`,
    help: () => 'put the spec back as it was (the folder has each case under specs/), or begin a new sweep',
  }),
  sweepFinished: define<{ folder: string }>({
    code: 'NRM5142',
    title: 'a sweep is already finished',
    message: (f) => `${f.folder} is finished; there is nothing to resume`,
    help: (f) => `its results are in ${f.folder}/report.html and ${f.folder}/table.csv`,
  }),
  processEnded: define<{ name: string; how: string }>({
    code: 'NRM5143',
    title: 'the process that trained a case has ended',
    message: (f) => `the process that trained ${f.name} has ended: ${f.how}`,
    help: () => 'it may have run out of memory: try fewer at a time, as in `--jobs 1`; `--resume` runs the case again',
  }),
  sweepExists: define<{ folder: string }>({
    code: 'NRM5145',
    title: 'the folder of a sweep is not empty',
    message: (f) => `${f.folder} exists and is not empty; a sweep never overwrites`,
    help: (f) =>
      `choose another \`--folder\`; a sweep that is not finished goes on with \`nrmc sweep --resume ${f.folder}\``,
  }),
  casesImpossible: define<{ cases: readonly { readonly name: string; readonly why: string }[] }>({
    code: 'NRM5144',
    title: 'cases of a sweep cannot be trained on these data',
    message: (f) =>
      `${f.cases.length === 1 ? 'a case' : `${f.cases.length} cases`} cannot be trained on these data${lines(f.cases.map(({ name, why }) => `${name}: ${why}`))}`,
    help: () => 'change the axes, or leave such cases out with `--skip-invalid`',
  }),
};
