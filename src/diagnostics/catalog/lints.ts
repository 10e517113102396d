/** NRM60xx: known traps. The spec means what it says; it may not be what was meant. NRM61xx: `// allow …`. */
import { defineDiagnostic } from '../diagnostic.ts';
import { listed, quoted } from '../wording.ts';

/** ` (and 3 more like it)`: a place in a block or loop is told of once. */
const alike = (more: number): string => (more === 0 ? '' : ` (and ${more} more like it)`);

/** An L2 penalty is meant, not one that makes weights zero. */
const withArticle: Readonly<Record<string, string>> = { penalty: 'an L2 penalty', prior: 'a prior' };

export const lints = {
  varianceShift: defineDiagnostic<{ drop: string; norm: string; more: number }, 'norm'>({
    code: 'NRM6001',
    severity: 'warning',
    title: 'dropout before batch norm',
    message: (f) =>
      `dropout \`${f.drop}\` feeds batch norm \`${f.norm}\`${alike(f.more)}: the variance it measures in training is not the one it meets in prediction`,
    label: () => 'drops values in training only',
    places: { norm: () => 'measures them' },
    help: () => 'put `drop` behind the last `norm`, or leave one of them unfilled (Li et al. 2019)',
  }),
  penaltyWithAdam: defineDiagnostic<{ penalty: string; optimizer: string; weights: readonly string[] }, 'optimizer'>({
    code: 'NRM6002',
    severity: 'warning',
    title: 'an L2 penalty together with adam',
    message: (f) =>
      `\`${f.penalty}\` with \`${f.optimizer}\` is not weight decay: ${f.optimizer === 'lion' ? '`lion` takes only the sign of its gradient' : `${f.optimizer.startsWith('adam') ? 'adam' : `\`${f.optimizer}\``} divides its gradient by the size of all gradients`}`,
    label: () => 'weighs weights with large gradients less',
    places: { optimizer: () => 'rescales each gradient' },
    help: () => 'write `decay: …` instead, which shrinks all weights alike (Loshchilov & Hutter 2019)',
  }),
  penaltyAndDecay: defineDiagnostic<{ weights: readonly string[]; what: readonly [string, string] }, 'other'>({
    code: 'NRM6003',
    severity: 'warning',
    title: 'a penalty, a prior or a decay on one weight together',
    message: (f) =>
      `${weightsText(f.weights)} ${f.weights.length === 1 ? 'has' : 'have'} ${withArticle[f.what[0]] ?? f.what[0]} and a ${f.what[1]}: both shrink the same values`,
    label: (f) => `the ${f.what[0]}`,
    places: { other: (f) => `the ${f.what[1]}` },
    help: (f) => `keep one of them; \`${f.what[1]}: none\` or \`${f.what[0]}: none\` resets what another rule sets`,
  }),
  adaptiveOnLast: defineDiagnostic<Record<string, never>>({
    code: 'NRM6020',
    severity: 'warning',
    title: 'adaptive clipping on the last layer',
    message: () =>
      'adaptive clipping of the last layer slows it down: its gradient may well be large beside its weights',
    label: () => 'clips the last layer with weights too',
    help: () => 'leave `last: true` out; the layer before an output is not clipped then (Brock et al. 2021)',
  }),
  smallBatch: defineDiagnostic<{ batch: number; layers: readonly string[]; instead: readonly string[] }, 'norm'>({
    code: 'NRM6004',
    severity: 'warning',
    title: 'batch norm at a small batch',
    message: (f) =>
      `batch norm measures ${f.layers.length === 1 ? `\`${f.layers[0]}\`` : `${f.layers.length} layers`} on ${f.batch} ${f.batch === 1 ? 'sample' : 'samples'} at a time: its statistics are noise`,
    label: () => 'few samples for a mean and a variance',
    places: { norm: () => 'batch norm comes from here' },
    help: (f) =>
      f.instead.length === 0
        ? 'use `batch: 8` or more, or a policy without batch norm (Wu & He 2018, fig. 1)'
        : `use \`batch: 8\` or more, or a norm that does not measure the batch: ${listed(quoted(f.instead))} (Wu & He 2018, fig. 1)`,
  }),
  losesEverywhere: defineDiagnostic<{ key: string; selector: string; network: string; pinned: boolean }, 'winner'>({
    code: 'NRM6005',
    severity: 'warning',
    title: 'a setting that loses everywhere',
    message: (f) => `\`${f.key}\` of \`${f.selector}\` loses everywhere in network \`${f.network}\``,
    label: () => 'never in force',
    places: { winner: () => 'wins over it' },
    help: (f) =>
      f.pinned
        ? 'remove it: what stands in the parentheses of a slot beats every rule'
        : 'remove it, or make its selector more specific',
  }),
  deadBias: defineDiagnostic<{ layer: string; norm: string; more: number }, 'norm'>({
    code: 'NRM6006',
    severity: 'warning',
    title: 'a bias that a norm takes away again',
    message: (f) =>
      `the bias of \`${f.layer}\`${alike(f.more)} does nothing: \`${f.norm}\` subtracts the mean, and the bias with it`,
    label: () => 'pinned to true',
    places: { norm: () => 'subtracts the mean of each channel' },
    help: () => 'leave `bias` out: by default a layer has none before such a norm, and one elsewhere',
  }),
  decayOffKernels: defineDiagnostic<{ key: string; weights: readonly string[]; role: 'bias' | 'norm' | 'other' }>({
    code: 'NRM6007',
    severity: 'warning',
    title: 'decay on a bias, or on the weights of a norm',
    message: (f) =>
      `\`${f.key}\` pulls ${weightsText(f.weights)} to zero, which ${f.role === 'norm' ? 'takes channels away' : 'makes no model simpler'}`,
    label: (f) => ({ norm: 'on gamma or beta', bias: 'on a bias', other: 'on no kernel' })[f.role],
    help: () =>
      'on `conv` and `dense` it means kernels only, which is what is usually wanted (He et al. 2019, sec. 3.1)',
  }),
  saturation: defineDiagnostic<{ layer: string; methods: readonly string[]; count: number }, 'from'>({
    code: 'NRM6008',
    severity: 'warning',
    title: 'saturating activations in a deep stack without a norm',
    message: (f) =>
      `gradients pass ${f.count} saturating activations (${listed(quoted(f.methods), 'and')}) on the way back to \`${f.layer}\`, with no norm between: little of them arrives`,
    label: (f) => `${f.count} saturating activations follow`,
    places: { from: () => 'comes from here' },
    help: () =>
      'fill `norm`, take `act: relu` or `act: gelu`, or lead a path around with `sum { | … | identity }` (Glorot & Bengio 2010)',
  }),
  lonelyDropPath: defineDiagnostic<{ drop: string; more: number }, 'from'>({
    code: 'NRM6009',
    severity: 'warning',
    title: 'stochastic depth with no path around it',
    message: (f) =>
      `\`drop_path\` at \`${f.drop}\`${alike(f.more)} leaves nothing of the samples it drops: no path of a \`sum\` leads around it`,
    label: () => 'drops samples as a whole',
    places: { from: () => 'comes from here' },
    help: () =>
      'it belongs at the end of a path of `sum`; fill the other `drop` slots with `dropout(drop: …)` or `none` (Huang et al. 2016)',
  }),
  unusedImport: defineDiagnostic<{ names: readonly string[] }>({
    code: 'NRM6010',
    severity: 'remark',
    title: 'an import that nothing uses',
    message: (f) => `${listed(quoted(f.names), 'and')} ${f.names.length === 1 ? 'is' : 'are'} imported and not used`,
    label: () => 'not used',
    help: () => 'remove it; what is imported here cannot be imported from here',
  }),
  unusedDeclaration: defineDiagnostic<{ what: string; name: string }>({
    code: 'NRM6011',
    severity: 'remark',
    title: 'a declaration that nothing uses',
    message: (f) => `${f.what} \`${f.name}\` is not used: nothing in this file that is trained or built names it`,
    label: () => 'not used',
    help: () => 'use it, or remove it; declarations for other files to import stand in a file without a train',
  }),
  labelCase: defineDiagnostic<{ label: string; word: string; what: string }>({
    code: 'NRM6012',
    severity: 'remark',
    title: 'a label that differs from a layer by case only',
    message: (f) => `label \`${f.label}\` and ${f.what} \`${f.word}\` differ by case only`,
    label: (f) => `a rule for \`${f.word}\` is not about this alone`,
    help: () => 'rename it after what it is for, such as `classifier`',
  }),
  idleArgument: defineDiagnostic<{ argument: string; of: string; why: string }>({
    code: 'NRM6013',
    severity: 'warning',
    title: 'an argument that does nothing',
    message: (f) => `\`${f.argument}\` of \`${f.of}\` does nothing: ${f.why}`,
    label: () => 'does nothing',
    help: () => 'remove it',
  }),
  idleStep: defineDiagnostic<{ layer: string; step: string; why: string }>({
    code: 'NRM6014',
    severity: 'warning',
    title: 'a step that does nothing',
    message: (f) => `\`${f.layer}\` leaves its value as it is: ${f.why}`,
    label: () => 'does nothing',
    help: (f) => `remove \`${f.step}\``,
  }),
  bentLogits: defineDiagnostic<
    { layer: string; slot: 'act' | 'drop'; method: string; loss: string; applies: string },
    'from'
  >({
    code: 'NRM6015',
    severity: 'warning',
    title: 'an activation or dropout on the logits',
    message: (f) =>
      f.slot === 'act'
        ? `\`${f.method}\` at \`${f.layer}\` is applied to what \`${f.loss}\` takes as logits: it applies ${f.applies} itself`
        : `\`${f.method}\` at \`${f.layer}\` drops logits, which \`${f.loss}\` takes as numbers of their own`,
    label: () => 'stands between the last weights and the loss',
    places: { from: () => 'comes from here' },
    help: (f) => `end with the layer before it: leave out this \`${f.slot}\``,
  }),
  boundedLoss: defineDiagnostic<{ layer: string; loss: string; bounds: 'above 0' | 'from 0 to 1' }>({
    code: 'NRM6016',
    severity: 'warning',
    title: 'a loss of bounded values, and an output without bounds',
    message: (f) => `\`${f.loss}\` takes values ${f.bounds}, and \`${f.layer}\` gives any number`,
    label: () => 'gives numbers below 0 too',
    help: (f) =>
      f.bounds === 'above 0'
        ? 'end with `act(softplus)`, which is above 0'
        : 'of logits use `categorical_crossentropy`, which has the same gradient behind a softmax; or end with `act(sigmoid)`',
  }),
  frnWithoutTlu: defineDiagnostic<{ norm: string; act: string; method: string; more: number }, 'norm'>({
    code: 'NRM6025',
    severity: 'warning',
    title: 'a rectifier behind filter response normalization',
    message: (f) =>
      `\`${f.act}\` cuts off at zero what \`${f.norm}\` gives, which is not centred there${alike(f.more)}`,
    label: (f) => `\`${f.method}\` cuts at zero`,
    places: { norm: () => '`frn` subtracts no mean' },
    help: () => '`act: tlu` learns where to cut, and is what `frn` was made with (Singh & Krishnan 2020)',
  }),
  allowWithoutReason: defineDiagnostic<{ codes: readonly string[] }>({
    code: 'NRM6101',
    severity: 'error',
    title: 'a finding is allowed without a reason',
    message: (f) => `${listed(f.codes, 'and')} ${f.codes.length === 1 ? 'is' : 'are'} allowed here without a reason`,
    label: () => 'no reason',
    help: (f) => `say why, for whoever reads it next: \`// allow ${f.codes.join(', ')}: because …\``,
  }),
  notAllowable: defineDiagnostic<{ code: string; error: boolean; nearest: string | null }>({
    code: 'NRM6102',
    severity: 'error',
    title: 'something is allowed that cannot be',
    message: (f) => (f.error ? `${f.code} is an error and cannot be allowed` : `there is no ${f.code} to allow`),
    label: (f) => (f.error ? 'an error' : 'no such code'),
    help: (f) =>
      f.error
        ? `nothing can be compiled with it; \`nrmc explain ${f.code}\` shows what is right`
        : f.nearest === null
          ? 'docs/lints.md lists what can be allowed'
          : `did you mean \`${f.nearest}\`?`,
  }),
  idleAllow: defineDiagnostic<{ code: string; title: string }>({
    code: 'NRM6103',
    severity: 'remark',
    title: 'something is allowed that is not there',
    message: (f) => `${f.code} (${f.title}) is allowed here, and not found`,
    label: () => 'allows nothing',
    help: () => 'remove it; it is about what begins on its line, or on the next line when it stands alone',
  }),
  almostAllowed: defineDiagnostic<{ codes: string; instead: string }>({
    code: 'NRM6104',
    severity: 'remark',
    title: 'a comment that is almost an allowance',
    message: (f) => `this comment does not allow ${f.codes}`,
    label: () => 'a comment like any other',
    help: (f) => `write \`${f.instead}\``,
  }),
};

/** `conv1.bias`, or `conv1.bias` and 7 more weights. */
const weightsText = ([first, ...more]: readonly string[]): string =>
  more.length === 0 ? `\`${first}\`` : `\`${first}\` and ${more.length} more`;
