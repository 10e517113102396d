/**
 * What is so for a kernel W' = p·W, so that W' = p·W stays true while both are trained. The gradient of W' is 1/p of that of W.
 *   initial value   p times as large
 *   step            SGD: rate·p² · Adam, AdaMax, Nadam: rate·p, ε/p · RMSprop: rate·p, ε/p² · Adagrad: rate·p, ε/p², accumulator/p² · Lion: rate·p
 *   penalty         l2 λ/p², l1 λ/p
 *   decay           the share that a step takes away is the same: by the rate it is divided by what the rate is multiplied by
 *   constraint      max_norm p·m, non_neg as it is
 *
 * Null where there is no such thing: adadelta has two ε of other dimensions, unit_norm and balls are no projections of W' alone.
 */
import type { AttrValues, Initial } from '../../graph.ts';
import type { Bound } from '../../recipe.ts';
import type { ConstraintDef, Decay, OptimizerDef, PenaltyDef, PriorDef } from '../../vocabulary.ts';
import { isInitialKind } from '../initializers.ts';

/** Numbers without the last digits of a division. */
const exactly = (value: number): number => Number(value.toPrecision(15));

/** The same numbers p times as large. */
export function scaledInitial(initial: Initial, p: number): Initial {
  const { kind, attrs } = initial;
  if (!isInitialKind(kind)) throw new Error(`no initial value of kind \`${kind}\``);
  const number = (name: string): number => Number(attrs[name]);
  const times = (name: string): Initial => ({ kind, attrs: { ...attrs, [name]: exactly(p * number(name)) } });
  const normal = (variance: number): Initial => ({ kind: 'normal', attrs: { sigma: p * Math.sqrt(variance) } });
  const uniform = (variance: number): Initial => ({ kind: 'uniform', attrs: { limit: p * Math.sqrt(3 * variance) } });
  switch (kind) {
    case 'zeros':
      return initial;
    case 'ones':
      return { kind: 'constant', attrs: { value: p } };
    case 'constant':
      return times('value');
    case 'normal':
    case 'truncated':
      return times('sigma');
    case 'uniform':
      return times('limit');
    case 'orthogonal':
      return times('gain');
    case 'glorot_uniform':
      return uniform(2 / (number('fanIn') + number('fanOut')));
    case 'glorot_normal':
      return normal(2 / (number('fanIn') + number('fanOut')));
    case 'kaiming_uniform':
      return uniform(2 / number('fan'));
    case 'kaiming_normal':
      return normal(2 / number('fan'));
    case 'lecun_uniform':
      return uniform(1 / number('fan'));
    case 'lecun_normal':
      return normal(1 / number('fan'));
  }
}

/** The factor of the learning rate, and the arguments of the optimizer. */
export function rescaledStep(
  { def, args }: Bound<OptimizerDef>,
  p: number,
): { readonly rate: number; readonly args: Bound<OptimizerDef>['args'] } | null {
  const divided = (by: number, ...names: readonly string[]): AttrValues => ({
    ...args,
    ...Object.fromEntries(names.map((name) => [name, exactly(Number(args[name]) / by)])),
  });
  switch (def.name) {
    case 'sgd':
      return { rate: exactly(p * p), args };
    case 'adam':
    case 'adamw':
    case 'adamax':
    case 'nadam':
      return { rate: p, args: divided(p, 'epsilon') };
    case 'rmsprop':
      return { rate: p, args: divided(p * p, 'epsilon') };
    case 'adagrad':
      return { rate: p, args: divided(p * p, 'epsilon', 'accumulator') };
    case 'lion':
      return { rate: p, args };
    default:
      return null;
  }
}

export const rescaledDecay = ({ amount, per }: Decay, rate: number): Decay => ({
  amount: per === 'rate' ? exactly(amount / rate) : amount,
  per,
});

export function rescaledPenalty({ def, args }: Bound<PenaltyDef>, p: number): Bound<PenaltyDef> | null {
  const over = (name: string, by: number): AttrValues => ({ [name]: exactly(Number(args[name]) / by) });
  switch (def.name) {
    case 'l1':
      return { def, args: { ...args, ...over('lambda', p) } };
    case 'l2':
      return { def, args: { ...args, ...over('lambda', p * p) } };
    case 'l1_l2':
      return { def, args: { ...args, ...over('l1', p), ...over('l2', p * p) } };
    default:
      return null;
  }
}

export const rescaledPrior = ({ def, args }: Bound<PriorDef>, p: number): Bound<PriorDef> => ({
  def: { ...def, weight: (given) => def.weight(given) / (def.penalty === 'l1' ? p : p * p) },
  args,
});

export function rescaledConstraint({ def, args }: Bound<ConstraintDef>, p: number): Bound<ConstraintDef> | null {
  if (def.name === 'max_norm') return { def, args: { ...args, max: exactly(p * Number(args.max)) } };
  return def.name === 'non_neg' ? { def, args } : null;
}
