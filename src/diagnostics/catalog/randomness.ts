/** NRM233x: what is drawn at random: dropout, DropConnect, noise. */
import { defineDiagnostic } from '../diagnostic.ts';

type Shape = readonly (number | string)[];

const dims = (shape: Shape): string => `[${shape.join(', ')}]`;

export const randomness = {
  channelsOfVectors: defineDiagnostic<{ input: Shape }, 'producer'>({
    code: 'NRM2330',
    severity: 'error',
    title: 'whole channels are dropped where there are no feature maps',
    message: (f) => `\`dropout\` with \`shape: channel\` drops whole feature maps, found ${dims(f.input)}`,
    label: () => 'this needs feature maps [N, …, channels]',
    places: { producer: (f) => `this step produces ${dims(f.input)}` },
    help: () => 'each element is a channel of its own here: leave `shape: channel` out',
  }),
  masksOfSamples: defineDiagnostic<{ shape: Shape }, 'producer'>({
    code: 'NRM2331',
    severity: 'error',
    title: 'a mask for each sample on a kernel that is not dense',
    message: (f) => `\`dropconnect\` with \`mask: sample\` is for dense layers, found a kernel ${dims(f.shape)}`,
    label: () => 'not a dense layer',
    places: { producer: () => 'what it is applied to' },
    help: () =>
      'write `mask: batch`, one mask for all samples of an update; a convolution has no kernel for each sample',
  }),
  methodOfKernels: defineDiagnostic<{
    method: string;
    slot: string;
    key: string;
    written: string;
    instead: string | null;
  }>({
    code: 'NRM2332',
    severity: 'error',
    title: 'a method of kernels stands in a slot',
    message: (f) => `\`${f.method}\` is about kernels, not about the values that pass the slot \`${f.slot}\``,
    label: () => 'a slot cannot hold this',
    help: (f) =>
      `write a rule of the policy: \`dense.kernel { ${f.key}: ${f.written} }\`${f.instead === null ? '' : `; for values there is ${f.instead}`}`,
  }),
  noiseOnMany: defineDiagnostic<{ selector: string; what: 'stage' | 'block' }>({
    code: 'NRM2333',
    severity: 'error',
    title: 'noise on a stage or a block',
    message: (f) => `\`${f.selector}\` is a ${f.what}: it is not said which of its values the noise is added to`,
    label: () => 'select layers, or weights',
    help: (f) =>
      `\`${f.selector} conv { noise: … }\` is what its convolutions give, \`${f.selector} conv.kernel { noise: … }\` their kernels`,
  }),
  noFloatInput: defineDiagnostic<{ network: string; inputs: readonly { name: string; dtype: string }[] }, 'network'>({
    code: 'NRM2334',
    severity: 'error',
    title: 'noise on inputs that are whole numbers',
    message: (f) =>
      `\`noise\` of the inputs has nothing to act on: ${f.inputs.map((i) => `\`${i.name}\` is ${i.dtype}`).join(', ')}`,
    label: () => 'noise is added to float32',
    places: { network: (f) => `network \`${f.network}\`` },
    help: () => 'remove it; noise on a layer is written `dense { noise: gaussian(0.1) }`',
  }),
  noiseOnStatistic: defineDiagnostic<{ weight: string; layer: string }>({
    code: 'NRM2335',
    severity: 'error',
    title: 'noise on a moving statistic',
    message: (f) => `\`${f.weight}\` is measured, not trained; noise on it would only spoil the measurement`,
    label: () => 'not a weight',
    help: (f) => `noise on the output of the norm is \`${f.layer} { noise: … }\``,
  }),
  notExact: defineDiagnostic<{ drop: string; what: string; why: string }, 'by'>({
    code: 'NRM2336',
    severity: 'error',
    title: 'dropout that cannot be kept exact',
    message: (f) => `\`exact: true\` of \`${f.drop}\` does not go with ${f.what}: ${f.why}`,
    label: () => 'exact here',
    places: { by: (f) => `with ${f.what}` },
    help: () => 'leave `exact: true` out, or write `form: inverted`, which is not rewritten',
  }),
};
