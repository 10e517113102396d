/**
 * weight_standardization: a kernel less the mean and divided by the spread of what each unit reads, before the layer reads it.
 *   kernel W [...,U]   →   (W − mean)·r,   r = 1/√(variance + epsilon),   over all axes but the last
 *   scaled                 factor·gain/√fanIn times that, with a trainable gain [U]: for networks without other norms
 *
 * It is `normalize` of the kernel, so its gradient is that of the family; what depends on weights only is computed once by `freeze`.
 * Errors  NRM2315 a unit that reads a single number.
 * Source  Qiao et al. 2019; Brock et al. 2021, arXiv 2101.08692 (scaled).
 */
import { norms } from '../../../diagnostics/catalog/norms.ts';
import type { Ref } from '../../graph.ts';
import type { Emit, Fault } from '../../op.ts';
import { flag, number } from '../../signature.ts';
import { type WeightSpec, weightMethod } from '../../vocabulary.ts';
import { vector } from '../arguments.ts';
import { scale } from '../elementwise.ts';
import { refuse } from '../rules.ts';
import { normalize } from './normalize.ts';

const numbers = {
  epsilon: number({ above: 0, default: 1e-6, doc: 'added to the variance' }),
  factor: number({
    above: 0,
    default: 1,
    doc: 'of a scaled kernel: what keeps the variance behind the activation that follows, 1.7139 for relu, 1.7015 for gelu',
  }),
};

/** A gain for each unit where it is scaled. */
const weights = (kernel: WeightSpec, scaled: boolean): readonly WeightSpec[] | Fault =>
  kernel.fan.in === 1
    ? refuse(norms.unitOfOne, { shape: kernel.shape })
    : scaled
      ? [vector('gain', 'scale', kernel.shape.at(-1) ?? 1, 'ones')]
      : [];

interface Standardized {
  readonly build: Emit;
  readonly kernel: Ref;
  readonly spec: WeightSpec;
  readonly weight: (name: string) => Ref;
  readonly name: string;
}

function standardize(
  { build, kernel, spec, weight, name }: Standardized,
  { epsilon, factor }: { readonly epsilon: number; readonly factor: number },
  scaled: boolean,
): Ref {
  if (!scaled) return build.one(normalize, [kernel], { epsilon }, name);
  const gain = build.one(scale, [weight('gain')], { by: factor / Math.sqrt(spec.fan.in) }, `${name}.gain`);
  return build.one(normalize, [kernel, gain], { epsilon }, name);
}

export const weightStandardization = weightMethod({
  name: 'weight_standardization',
  doc: 'what each unit of a kernel reads is brought to mean 0 and variance 1',
  use: 'norm',
  draws: false,
  signature: {
    scaled: flag({
      default: false,
      doc: 'whether it is divided by √fanIn and each unit has a trainable gain: `scaled`',
    }),
    ...numbers,
  },
  weights: ({ kernel, args }) => weights(kernel, args.scaled),
  apply: ({ args, ...context }) => standardize(context, args, args.scaled),
  formula: ({ scaled, ...args }) => formulaOf(args, scaled),
});

export const scaledStandardization = weightMethod({
  name: 'scaled',
  doc: 'weight_standardization(scaled: true): kernels of networks that have no other norm',
  use: 'norm',
  draws: false,
  signature: numbers,
  weights: ({ kernel }) => weights(kernel, true),
  apply: ({ args, ...context }) => standardize(context, args, true),
  formula: (args) => formulaOf(args, true),
});

const formulaOf = ({ epsilon, factor }: { readonly epsilon: number; readonly factor: number }, scaled: boolean) => ({
  text: scaled
    ? `${factor === 1 ? '' : `${factor}·`}gain·(W − mean)/√(fanIn·(variance + ${epsilon}))`
    : `(W − mean)/√(variance + ${epsilon})`,
  where: ['mean and variance are those of what each unit reads'],
});
