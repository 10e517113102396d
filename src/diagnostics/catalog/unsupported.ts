/** NRM28xx: what the language has and this version does not compile yet. */
import { defineDiagnostic } from '../diagnostic.ts';
import { listed, quoted } from '../wording.ts';

export const unsupported = {
  construct: defineDiagnostic<{ what: string; instead: string | null }>({
    code: 'NRM2801',
    severity: 'error',
    title: 'a construct that this version does not compile yet',
    message: (f) => `${f.what}: part of the language, not compiled by this version of nrmc`,
    label: () => 'not compiled yet',
    help: (f) => f.instead,
  }),
  word: defineDiagnostic<{ what: string; word: string; compiled: readonly string[]; instead?: string | null }>({
    code: 'NRM2802',
    severity: 'error',
    title: 'a layer, method or setting that this version does not compile yet',
    message: (f) => `${f.what} \`${f.word}\`: part of the language, not compiled by this version of nrmc`,
    label: () => 'not compiled yet',
    help: (f) =>
      f.instead !== undefined && f.instead !== null
        ? `write \`${f.instead}\``
        : f.compiled.length === 0
          ? null
          : `compiled so far: ${listed(quoted(f.compiled), 'and')}`,
  }),
};
