/** NRM21xx: shapes that do not fit. */
import { defineDiagnostic } from '../diagnostic.ts';

const dims = (shape: readonly (number | string)[]): string => `[${shape.join(', ')}]`;

/** Every shape rule names the producer: where the value that does not fit comes from. */
const producer = (f: { readonly input: readonly (number | string)[] }): string => `this step produces ${dims(f.input)}`;

export const shapes = {
  rankMismatch: defineDiagnostic<{ op: string; expected: string; input: readonly (number | string)[] }, 'producer'>({
    code: 'NRM2100',
    severity: 'error',
    title: 'a layer gets a value of the wrong rank',
    message: (f) => `\`${f.op}\` expects ${f.expected}, found ${dims(f.input)}`,
    label: (f) => `this needs ${f.expected}`,
    places: { producer },
    help: (f) => (f.op === 'dense' ? 'put `flatten` before it' : null),
  }),
  channelMismatch: defineDiagnostic<{ op: string; expected: number; input: readonly (number | string)[] }, 'producer'>({
    code: 'NRM2101',
    severity: 'error',
    title: 'a kernel does not fit the channels of its input',
    message: (f) => `\`${f.op}\` expects ${f.expected} input channels, found ${f.input.at(-1)}`,
    label: (f) => `kernel sized for ${f.expected} channels`,
    places: { producer },
  }),
  windowTooLarge: defineDiagnostic<{ op: string; window: readonly number[]; input: readonly (number | string)[] }, 'producer'>({
    code: 'NRM2102',
    severity: 'error',
    title: 'a window is larger than its input',
    message: (f) => `\`${f.op}\`: a window of ${f.window.join('×')} does not fit into ${dims(f.input)}`,
    label: () => 'larger than what arrives here',
    places: { producer },
    help: () => 'use a smaller window, `padding: same`, or pool less before it',
  }),
  groupsDoNotDivide: defineDiagnostic<{ op: string; groups: number; channels: number; filters: number; input: readonly (number | string)[]; fitting: readonly number[] }, 'producer'>({
    code: 'NRM2103',
    severity: 'error',
    title: 'groups do not divide the channels',
    message: (f) =>
      f.channels % f.groups !== 0
        ? `\`${f.op}\`: ${f.groups} groups do not divide ${f.channels} input channels`
        : `\`${f.op}\`: ${f.groups} groups do not divide ${f.filters} filters`,
    label: (f) => `${f.channels % f.groups !== 0 ? f.channels : f.filters} is not a multiple of ${f.groups}`,
    places: { producer },
    help: (f) => `${f.fitting.map((g) => `\`groups: ${g}\``).join(' or ')} divide${f.fitting.length === 1 ? 's' : ''} both ${f.channels} input channels and ${f.filters} filters`,
  }),
};
