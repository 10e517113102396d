/** Kinds of arguments that only sources of data have. */
import { custom, type ParameterSpec } from '../../ir/signature.ts';

/** A name in quotes: of a data set, a file or a folder. */
export const quotedName = (doc: string): ParameterSpec<string> =>
  custom('a name in quotes', (value) => (value.kind === 'string' && value.value !== '' ? value.value : undefined), {
    positional: true,
    doc,
  });

/** One character in quotes. */
export const character = (common: { readonly default: string; readonly doc: string }): ParameterSpec<string> =>
  custom(
    'one character in quotes, or `tab`',
    (value) => {
      if (value.kind === 'word' && value.word === 'tab') return '\t';
      return value.kind === 'string' && [...value.value].length === 1 && !/["\r\n]/.test(value.value)
        ? value.value
        : undefined;
    },
    common,
  );
