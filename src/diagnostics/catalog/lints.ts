/** NRM60xx: known traps. The spec means what it says; it may not be what was meant. */
import { defineDiagnostic } from '../diagnostic.ts';
import { listed, quoted } from '../wording.ts';

export const lints = {
  varianceShift: defineDiagnostic<{ drop: string; norm: string }, 'norm'>({
    code: 'NRM6001',
    severity: 'warning',
    title: 'dropout right before batch norm',
    message: (f) =>
      `dropout \`${f.drop}\` feeds batch norm \`${f.norm}\`: the variance it measures in training is not the one it meets in prediction`,
    label: () => 'drops values in training only',
    places: { norm: () => 'measures them' },
    help: () => 'put `drop` behind the last `norm`, or leave one of them unfilled (Li et al. 2019)',
  }),
  penaltyWithAdam: defineDiagnostic<{ penalty: string; optimizer: string; weights: readonly string[] }, 'optimizer'>({
    code: 'NRM6002',
    severity: 'warning',
    title: 'an L2 penalty together with adam',
    message: (f) =>
      `\`${f.penalty}\` with \`${f.optimizer}\` is not weight decay: adam divides its gradient by the size of all gradients`,
    label: () => 'weighs weights with large gradients less',
    places: { optimizer: () => 'rescales each gradient' },
    help: () => 'write `decay: …` instead, which shrinks all weights alike (Loshchilov & Hutter 2019)',
  }),
  penaltyAndDecay: defineDiagnostic<{ weights: readonly string[] }, 'decay'>({
    code: 'NRM6003',
    severity: 'warning',
    title: 'a penalty and a decay on one weight',
    message: (f) =>
      `${listed(quoted(f.weights), 'and')} ${f.weights.length === 1 ? 'has' : 'have'} an L2 penalty and a decay: both shrink the same values`,
    label: () => 'the penalty',
    places: { decay: () => 'the decay' },
    help: () => 'keep one of them; `decay: none` or `penalty: none` resets what another rule sets',
  }),
  smallBatch: defineDiagnostic<{ batch: number; layers: readonly string[] }, 'norm'>({
    code: 'NRM6004',
    severity: 'warning',
    title: 'batch norm at a small batch',
    message: (f) =>
      `batch norm measures ${f.layers.length === 1 ? `\`${f.layers[0]}\`` : `${f.layers.length} layers`} on ${f.batch} ${f.batch === 1 ? 'sample' : 'samples'} at a time: its statistics are noise`,
    label: () => 'few samples for a mean and a variance',
    places: { norm: () => 'batch norm comes from here' },
    help: () => 'use `batch: 8` or more, or a policy without batch norm (Wu & He 2018, fig. 1)',
  }),
  losesEverywhere: defineDiagnostic<{ key: string; selector: string; network: string }, 'winner'>({
    code: 'NRM6005',
    severity: 'warning',
    title: 'a setting that loses everywhere',
    message: (f) => `\`${f.key}\` of \`${f.selector}\` loses everywhere in network \`${f.network}\``,
    label: () => 'never in force',
    places: { winner: () => 'wins over it' },
    help: () => 'remove it, or make its selector more specific',
  }),
};
