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
};
