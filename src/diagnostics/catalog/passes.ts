/** NRM29xx: what passes tell. */
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
};
