/** What the update ops of all optimizers share: operands that fit each other, and signatures that read alike. */
import type { ValueType } from '../../graph.ts';
import type { Fault } from '../../op.ts';
import { number } from '../../signature.ts';
import { sameShape, shapeText, unfit } from '../rules.ts';

/** Everything of a parameter has its shape, the factor of clipping is a scalar, and numbers of the host are no tensors. */
export function updateShape(
  op: string,
  parameter: ValueType,
  {
    like,
    hosts,
    scale,
  }: {
    /** The gradient and the memory; null where an optional one is absent. */
    readonly like: readonly (ValueType | null)[];
    readonly hosts: readonly ValueType[];
    readonly scale: ValueType | null;
  },
): readonly ValueType[] | Fault {
  if (scale !== null && scale.shape.length > 0) return unfit(op, 'a scale []', scale);
  const wrong = like.find((value) => value !== null && !sameShape(value.shape, parameter.shape));
  if (wrong != null) return unfit(op, `a value ${shapeText(parameter.shape)}`, wrong);
  const tensor = hosts.find((value) => value.dtype !== 'host');
  const expected = hosts.length === 1 ? 'the rate as a host value' : 'rate and update as host values';
  return tensor === undefined ? [] : unfit(op, expected, tensor);
}

/** A learning rate. */
export const rateOf = (fallback: number) => number({ min: 0, default: fallback, doc: 'learning rate' });

/** A small number that keeps a division finite. */
export const epsilonOf = (doc: string) => number({ above: 0, default: 1e-7, doc });

/** A slot that begins with zeros. */
export const fromZero = (name: string): { readonly name: string; readonly start: number } => ({ name, start: 0 });
