/** NRM231x: norms that have nothing to measure. */
import { defineDiagnostic } from '../diagnostic.ts';
import { listed } from '../wording.ts';

type Shape = readonly (number | string)[];

const dims = (shape: Shape): string => `[${shape.join(', ')}]`;
const producer = (f: { readonly input: Shape }): string => `this step produces ${dims(f.input)}`;

/** What divides the channels: the nearest below and above what was written. */
function fitting(channels: number, groups: number): readonly number[] {
  const all = Array.from({ length: channels }, (_, i) => i + 1).filter((n) => channels % n === 0);
  const above = all.find((n) => n > groups);
  return [...all.filter((n) => n < groups).slice(-2), ...(above === undefined ? [] : [above])];
}

export const norms = {
  groupsDoNotDivide: defineDiagnostic<{ op: string; groups: number; channels: number; input: Shape }, 'producer'>({
    code: 'NRM2310',
    severity: 'error',
    title: 'groups of a norm do not divide the channels',
    message: (f) => `\`${f.op}\`: ${f.groups} groups do not divide ${f.channels} channels`,
    label: (f) => `${f.channels} is not a multiple of ${f.groups}`,
    places: { producer },
    help: (f) => {
      const fits = fitting(f.channels, f.groups).map((n) => `\`${f.op}(${n})\``);
      return `${listed(fits, 'and')} divide${fits.length === 1 ? 's' : ''} ${f.channels} channels`;
    },
  }),
  meanOfOne: defineDiagnostic<
    { op: string; groups: number | null; slice: number | null; channels: number; input: Shape },
    'producer'
  >({
    code: 'NRM2311',
    severity: 'error',
    title: 'a norm that takes the mean of a single value',
    message: (f) =>
      `\`${f.op}\` takes each mean of a single value of ${dims(f.input)}; less its own mean, every value is 0`,
    label: () => 'nothing of its input comes through',
    places: { producer },
    help: (f) =>
      f.slice !== null
        ? '`ghost_batch(8)`, or another size above 1'
        : f.groups !== null && f.channels > 1
          ? `fewer groups, \`group(${fitting(f.channels, f.channels).at(-1) ?? 1})\`, or \`layer\``
          : f.channels > 1
            ? 'use `layer` or `batch` here, or put the norm where a channel has more than one value'
            : 'use `batch` here, or no norm',
  }),
  signOnly: defineDiagnostic<{ op: string; input: Shape }, 'producer'>({
    code: 'NRM2312',
    severity: 'error',
    title: 'a norm that leaves nothing but signs',
    message: (f) => `\`${f.op}\` divides each value of ${dims(f.input)} by its own magnitude: only its sign is left`,
    label: () => 'one value a mean',
    places: { producer },
    help: (f) =>
      f.op === 'frn'
        ? '`frn(learned_epsilon: true)`, which is made for this'
        : 'put it where a mean has several values',
  }),
  unitOfOne: defineDiagnostic<{ shape: Shape }, 'producer'>({
    code: 'NRM2315',
    severity: 'error',
    title: 'a standardized kernel whose units read a single number',
    message: (f) => `each unit of a kernel ${dims(f.shape)} reads one number; less its own mean it is 0`,
    label: () => 'nothing of such a kernel is left',
    places: { producer: () => 'the layer of that kernel' },
    help: (f) =>
      f.shape.length > 2
        ? 'leave it out of the selector: a kernel of one pixel on one channel has nothing to standardize'
        : 'leave this layer out of the selector',
  }),
  sliceDoesNotDivide: defineDiagnostic<{ layer: string; size: number; batch: number }, 'norm'>({
    code: 'NRM2313',
    severity: 'error',
    title: 'slices of `ghost_batch` do not divide the batch',
    message: (f) => `slices of ${f.size} samples do not divide a batch of ${f.batch}`,
    label: (f) => `${f.batch} is not a multiple of ${f.size}`,
    places: { norm: (f) => `\`${f.layer}\` takes its statistics over ${f.size} samples` },
    help: (f) => `\`batch: ${Math.max(1, Math.round(f.batch / f.size)) * f.size}\`, or a size that divides ${f.batch}`,
  }),
  sliceOfRest: defineDiagnostic<{ layer: string; size: number }, 'norm'>({
    code: 'NRM2314',
    severity: 'error',
    title: '`ghost_batch` with a smaller last batch',
    message: (f) => `the last batch of an epoch may be smaller, and not come to slices of ${f.size} samples`,
    label: () => 'its last batch is kept, whatever its size',
    places: { norm: (f) => `\`${f.layer}\` takes its statistics over ${f.size} samples` },
    help: () => 'add `last: drop`, which leaves a smaller last batch out',
  }),
};
