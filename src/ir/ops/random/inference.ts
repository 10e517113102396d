/** `inference: mean`, `inference: gaussian(samples: 20)` of dropconnect: a number of samples, 0 for the mean. */
import type { ParameterSpec } from '../../signature.ts';
import { custom, int } from '../../signature.ts';
import type { Value } from '../../value.ts';

const samples = int({ min: 1, max: 10_000, doc: '' });

function read(value: Value): number | undefined {
  if (value.kind === 'word') return value.word === 'mean' ? 0 : undefined;
  if (value.kind !== 'call' || value.name !== 'gaussian') return undefined;
  const [only, ...more] = value.arguments;
  return only === undefined || more.length > 0 || only.name !== 'samples' ? undefined : samples.read(only.value);
}

export const inference: ParameterSpec<number> = {
  ...custom<number>('`mean`, or `gaussian(samples: n)` with n from 1 to 10000', read, {
    default: 0,
    doc: '`mean`: f(pWv), an approximation; `gaussian(samples: n)`: f of n samples of N(pWv, p(1−p)(W⊙W)(v⊙v)), averaged',
  }),
  says: (n) => (n === 0 ? { name: 'mean', arguments: {} } : { name: 'gaussian', arguments: { samples: n } }),
};
