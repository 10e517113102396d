/** `start: "weights.safetensors"`: a file that weights begin with. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { text, word } from '../syntax.ts';
import { describe } from '../values.ts';
import { defineSetting, resetByNone } from './definition.ts';
import { isNone } from './refuse.ts';

/** A file of weights; null takes away what another rule says. */
export interface StartEffect {
  readonly kind: 'start';
  readonly file: string | null;
}

export const start = defineSetting<StartEffect>({
  key: 'start',
  doc: 'a file of weights to begin with',
  reaches: 'weights',
  acts: 'always',
  bind(value, _environment, report) {
    if (isNone(value)) return { kind: 'start', file: null };
    if (value.kind === 'string' && value.value !== '') return { kind: 'start', file: value.value };
    const accepts = 'the path of a file of weights, or `none`';
    const hint = value.kind === 'string' ? null : 'write it in quotes: `start: "weights.safetensors"`';
    report(policies.badValue.at(value.span, { key: 'start', accepts, found: describe(value), nearest: null, hint }));
    return null;
  },
  isNeutral: (effect) => effect.file === null,
  print: (effect) => (effect.file === null ? word('none') : text(effect.file)),
  reset: resetByNone('start', 'file to start from'),
});
