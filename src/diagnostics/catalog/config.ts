/** NRM013x: `nrmc.json`, the settings of a project. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

export const config = {
  notJson: defineDiagnostic<{ problem: string }>({
    code: 'NRM0131',
    severity: 'error',
    title: 'a project file that is not JSON',
    message: (f) => `nrmc.json cannot be read: ${f.problem}`,
    label: () => 'here',
    help: () => 'it is plain JSON: names and words in double quotes, a comma between two entries, no comments',
  }),
  unknownKey: defineDiagnostic<{ key: string; known: readonly string[]; nearest: string | null }>({
    code: 'NRM0132',
    severity: 'error',
    title: 'an unknown key in a project file',
    message: (f) => `nrmc.json has no setting \`${f.key}\``,
    label: () => 'unknown',
    help: (f) => didYouMean(f.nearest) ?? `it takes ${listed(quoted(f.known), 'and')}`,
  }),
  duplicateKey: defineDiagnostic<{ key: string }, 'first'>({
    code: 'NRM0133',
    severity: 'error',
    title: 'a key stands twice in a project file',
    message: (f) => `\`${f.key}\` is written twice`,
    label: () => 'written again here',
    places: { first: () => 'first written here' },
    help: () => 'keep one of them',
  }),
  notSettable: defineDiagnostic<{ code: string; error: boolean; nearest: string | null }>({
    code: 'NRM0134',
    severity: 'error',
    title: 'a code whose level cannot be set',
    message: (f) => (f.error ? `${f.code} is an error and stays one` : `there is no lint \`${f.code}\``),
    label: (f) => (f.error ? 'always an error' : 'unknown'),
    help: (f) => didYouMean(f.nearest) ?? 'docs/lints.md lists those whose level can be set',
  }),
  badValue: defineDiagnostic<{ key: string; accepts: string; found: string; nearest: string | null }>({
    code: 'NRM0135',
    severity: 'error',
    title: 'a project file has a value that is not accepted',
    message: (f) => `\`${f.key}\` takes ${f.accepts}, found ${f.found}`,
    label: () => 'not accepted',
    help: (f) => didYouMean(f.nearest),
  }),
  noFolder: defineDiagnostic<{ folder: string; looked: string }>({
    code: 'NRM0136',
    severity: 'error',
    title: 'a project file names a folder that is not there',
    message: (f) => `\`imports\` names a folder that is not there: ${f.folder}`,
    label: (f) => `looked for ${f.looked}`,
    help: () => 'folders are read from the one that holds nrmc.json',
  }),
};
