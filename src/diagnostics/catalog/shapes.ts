/** NRM21xx: shapes that do not fit. */
import { defineDiagnostic } from '../diagnostic.ts';
import { listed, quoted } from '../wording.ts';

type Shape = readonly (number | string)[];

const dims = (shape: Shape): string => `[${shape.join(', ')}]`;

/** What a tensor can be indexed with. */
export const mostNumbers = 2 ** 31 - 1;

/** `2,147,483,647`, and `1e+24` where nobody would count the digits. */
const counted = (count: number): string => (count < 1e15 ? count.toLocaleString('en-US') : count.toExponential(1));

/** Every shape rule names the producer: where the value that does not fit comes from. */
const producer = (f: { readonly input: Shape; readonly dtype?: string }): string =>
  `this step produces ${f.dtype ?? ''}${dims(f.input)}`;

export const shapes = {
  rankMismatch: defineDiagnostic<{ op: string; expected: string; input: Shape; dtype?: string }, 'producer'>({
    code: 'NRM2100',
    severity: 'error',
    title: 'a layer gets a value of the wrong rank or number type',
    message: (f) =>
      f.dtype === undefined
        ? `\`${f.op}\` expects ${f.expected}, found ${dims(f.input)}`
        : `\`${f.op}\` needs float32, found ${f.dtype}`,
    label: (f) => `this needs ${f.dtype === undefined ? f.expected : 'float32'}`,
    places: { producer },
    help: (f) =>
      f.dtype !== undefined
        ? `layers compute with float32: write \`float32[${f.input.slice(1).join(', ')}]\` at the input`
        : f.op === 'dense' && f.input.length > 2
          ? 'put `flatten` before it'
          : f.expected.startsWith('an image') && f.input.length === 2
            ? `${f.op === 'conv' ? 'use `dense` on features, or ' : ''}put it before \`flatten\`, on an input such as \`float32[28, 28, 1]\``
            : null,
  }),
  channelMismatch: defineDiagnostic<{ op: string; expected: number; input: Shape }, 'producer'>({
    code: 'NRM2101',
    severity: 'error',
    title: 'a kernel does not fit the channels of its input',
    message: (f) => `\`${f.op}\` expects ${f.expected} input channels, found ${f.input.at(-1)}`,
    label: (f) => `kernel sized for ${f.expected} channels`,
    places: { producer },
  }),
  windowTooLarge: defineDiagnostic<{ op: string; window: readonly number[]; input: Shape }, 'producer'>({
    code: 'NRM2102',
    severity: 'error',
    title: 'a window is larger than its input',
    message: (f) => `\`${f.op}\`: a window of ${f.window.join('×')} does not fit into ${dims(f.input)}`,
    label: () => 'larger than what arrives here',
    places: { producer },
    help: () => 'use a smaller window, `padding: same`, or pool less before it',
  }),
  groupsDoNotDivide: defineDiagnostic<
    { op: string; groups: number; channels: number; filters: number; input: Shape; fitting: readonly number[] },
    'producer'
  >({
    code: 'NRM2103',
    severity: 'error',
    title: 'groups do not divide the channels',
    message: (f) =>
      f.channels % f.groups !== 0
        ? `\`${f.op}\`: ${f.groups} groups do not divide ${f.channels} input channels`
        : `\`${f.op}\`: ${f.groups} groups do not divide ${f.filters} filters`,
    label: (f) => `${f.channels % f.groups !== 0 ? f.channels : f.filters} is not a multiple of ${f.groups}`,
    places: { producer },
    help: (f) =>
      `${f.fitting.map((g) => `\`groups: ${g}\``).join(' or ')} divide${f.fitting.length === 1 ? 's' : ''} both ${f.channels} input channels and ${f.filters} filters`,
  }),
  unknownSize: defineDiagnostic<
    { op: string; what: string; size: string; symbols: readonly string[]; input: Shape },
    'producer'
  >({
    code: 'NRM2104',
    severity: 'error',
    title: 'a layer needs sizes that are known while compiling',
    message: (f) => `\`${f.op}\` needs a number of ${f.what}, found \`${f.size}\` in ${dims(f.input)}`,
    label: (f) => `its ${f.what} are counted while compiling`,
    places: { producer },
    help: (f) =>
      `give the input a number for ${listed(quoted(f.symbols), 'and')}${f.op === 'dense' && f.symbols.length > 1 ? ', or use `global_avgpool` in the place of `flatten`' : ''}`,
  }),
  emptyWindow: defineDiagnostic<
    { op: string; window: readonly number[]; padding: readonly number[]; input: Shape },
    'producer'
  >({
    code: 'NRM2105',
    severity: 'error',
    title: 'a pool is padded by as much as its window or more',
    message: (f) =>
      `\`${f.op}\`: padding of ${Math.max(...f.padding)} leaves windows of ${f.window.join('×')} without a pixel of the input`,
    label: () => 'each side of the window must be larger than its padding',
    places: { producer },
    help: () => 'use `padding: same`, or less padding',
  }),
  lossMismatch: defineDiagnostic<{ op: string; expected: string; input: Shape }, 'producer'>({
    code: 'NRM2106',
    severity: 'error',
    title: 'a loss does not fit what it compares',
    message: (f) => `\`${f.op}\` expects ${f.expected}, found an output ${dims(f.input)}`,
    label: (f) => `this needs ${f.expected}`,
    places: { producer },
    help: (f) => (f.input.length > 2 ? 'end the network with `flatten` and `dense`' : null),
  }),
  tooLarge: defineDiagnostic<
    { op: string; what: string; shape: readonly number[]; count: number; input: Shape },
    'producer'
  >({
    code: 'NRM2108',
    severity: 'error',
    title: 'a weight or value with more numbers than a tensor holds',
    message: (f) =>
      `\`${f.op}\`: ${f.what} ${dims(f.shape)} would have ${counted(f.count)} numbers, more than a tensor holds`,
    label: () => 'too large',
    places: { producer },
    help: (f) =>
      `a tensor holds at most ${counted(mostNumbers)} numbers; ${f.what === 'its value' ? 'make the layer smaller, or pool before it' : 'make the layer or what arrives at it smaller'}`,
  }),
  joinMismatch: defineDiagnostic<
    { op: string; expected: string; inputs: readonly Shape[]; input: Shape; hint: string | null },
    'producer'
  >({
    code: 'NRM2109',
    severity: 'error',
    title: 'values that meet in a join do not fit together',
    message: (f) => `\`${f.op}\` expects ${f.expected}, found ${listed(f.inputs.map(dims), 'and')}`,
    label: (f) => `this needs ${f.expected}`,
    places: { producer },
    help: (f) => f.hint,
  }),
  choiceMismatch: defineDiagnostic<{ choice: string; first: Shape }>({
    code: 'NRM2110',
    severity: 'error',
    title: 'paths of a choice that give different shapes',
    message: (f) => `\`${f.choice}\` chooses between paths of one shape; the first gives ${dims(f.first)}`,
    label: () => 'whichever path is chosen, what follows must fit',
    help: () => 'give all paths the same output channels and strides',
  }),
  operandMismatch: defineDiagnostic<{ op: string; expected: string; input: Shape }, 'producer'>({
    code: 'NRM2107',
    severity: 'error',
    title: 'an op of a graph gets operands that do not belong together',
    message: (f) => `op \`${f.op}\` expects ${f.expected}, found ${dims(f.input)}`,
    label: (f) => `this needs ${f.expected}`,
    places: { producer },
  }),
};
