/** NRM29xx: what compiling tells: of passes, and of what cannot be compiled by itself. */
import { defineDiagnostic } from '../diagnostic.ts';

export const passes = {
  modelRewrite: defineDiagnostic<{ pass: string; layer: string; text: string }>({
    code: 'NRM2950',
    severity: 'remark',
    title: 'a pass changed what is trained',
    message: (f) => `${f.pass}: \`${f.layer}\`: ${f.text}`,
    label: () => 'written here',
    help: () => 'the function is the same at inference; training takes another path. `nrmc passes` shows what was done',
  }),
  settingRemoved: defineDiagnostic<{ weight: string; settings: readonly string[]; pass: string }>({
    code: 'NRM2951',
    severity: 'warning',
    title: 'a setting went with the weight it was about',
    message: (f) => `${f.settings.join(' and ')} of \`${f.weight}\` does nothing: ${f.pass} removed that weight`,
    label: () => 'the weight was here',
    help: () => 'the norm after it subtracts it again; write `bias: auto`, and take the rule away',
  }),
  openChoice: defineDiagnostic<{ network: string }>({
    code: 'NRM2952',
    severity: 'error',
    title: 'a choice of paths that nobody has made',
    message: (f) =>
      `network \`${f.network}\` leaves a choice open: a search chooses between the paths; not executed yet`,
    label: () => 'one of these paths',
    help: () => 'keep one path and remove `choose`; `nrmc check` and `nrmc show` read the network as it is',
  }),
};
