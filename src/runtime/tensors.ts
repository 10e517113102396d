/** Life and death of tensors: variables, handles, and nested objects of them such as Params and State. */
import { engine, Identity, type Rank, Tensor, type Variable } from '@tensorflow/tfjs-core';

/** A variable with this value, which it takes over. */
export function variable<R extends Rank>(value: Tensor<R>): Variable<R> {
  const made = value.variable();
  value.dispose();
  return made;
}

/** A handle of a variable's present value, which later updates leave alone. */
export const snapshot = <R extends Rank>(value: Tensor<R>): Tensor<R> =>
  engine().runKernel<Tensor<R>>(Identity, { x: value });

/** Frees these tensors. */
export function dispose(...tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

/** All tensors of a nested object with their paths: `conv1.kernel`. */
export function flattenTensors(nested: object): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  const visit = (value: object, path: string): void => {
    for (const [key, child] of Object.entries(value)) {
      const name = path === '' ? key : `${path}.${key}`;
      if (child instanceof Tensor) found.set(name, child);
      else if (typeof child === 'object' && child !== null) visit(child, name);
    }
  };
  visit(nested, '');
  return found;
}

/** Frees all tensors of a nested object. */
export const disposeAll = (nested: object): void => dispose(...flattenTensors(nested).values());
