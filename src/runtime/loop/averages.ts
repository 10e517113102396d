/** Averages of weights: kept by the step beside the optimizer's memory, `conv1.kernel.average`, and put in the place of the weights. */
import { Tensor, Variable } from '@tensorflow/tfjs-core';
import { flattenTensors } from '../tensors.ts';

/** What an average of a weight is called after its name. */
export const averageSuffix = '.average';

/** The weights with the averages of those that have one in their place; the same tensors, none is made. */
export function withAverages<Params extends object>(params: Params, optimizer: object): Params {
  const averages = flattenTensors(optimizer);
  const visit = (value: object, path: string): object =>
    Object.fromEntries(
      Object.entries(value).map(([key, child]): [string, unknown] => {
        const name = path === '' ? key : `${path}.${key}`;
        if (child instanceof Tensor) return [key, averages.get(`${name}${averageSuffix}`) ?? child];
        return [key, typeof child === 'object' && child !== null ? visit(child, name) : child];
      }),
    );
  // The same keys with tensors of the same shapes.
  return visit(params, '') as Params;
}

/** Gives variables the values that another object has at the same places. */
export function assign(variables: object, values: object): void {
  const found = flattenTensors(values);
  for (const [name, variable] of flattenTensors(variables)) {
    const value = found.get(name);
    if (!(variable instanceof Variable) || value === undefined) throw new Error(`${name} cannot be given a value`);
    if (value !== variable) variable.assign(value);
  }
}
