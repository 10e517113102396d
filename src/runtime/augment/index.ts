/**
 * Augmentation: each training sample is changed anew in each epoch, before preprocessing, by numbers that are a function of (seed,
 * field, sample, epoch). So a run that was stopped goes on with the same images, whatever the batches are.
 */
import { draws } from '../random.ts';
import { crop, flip, rotate, shift } from './geometry.ts';
import type { Draw, Image, Range, Transform } from './image.ts';
import { type Blend, cutmix, type Mix, mixup } from './mixing.ts';
import { brightness, contrast, cutout } from './values.ts';

export type { Image, Range } from './image.ts';
export type { Blend } from './mixing.ts';

/** What changes one image by itself. */
const transforms = { flip, crop, shift, rotate, brightness, contrast, cutout } as const;
/** What mixes two samples, and their targets. */
const mixes = { mixup, cutmix } as const;

type OptionsOf<F> = F extends (options: infer O) => unknown ? O : never;
type Kinds<T> = { [K in keyof T]: { readonly kind: K } & OptionsOf<T[K]> }[keyof T];

/** An augmentation with its settings, as a run's configuration says it. */
export type Augmentation = Kinds<typeof transforms> | Kinds<typeof mixes>;

const isMix = (a: Augmentation): a is Kinds<typeof mixes> => Object.hasOwn(mixes, a.kind);

// The kind says which options there are.
const transformOf = (a: Kinds<typeof transforms>): Transform =>
  (transforms[a.kind] as (options: unknown) => Transform)(a);
const mixOf = (a: Kinds<typeof mixes>): Mix => (mixes[a.kind] as (options: unknown) => Mix)(a);

/** What a run augments. */
export interface AugmentConfig {
  readonly list: readonly Augmentation[];
  /** Fields that are images, [height, width, channels]. */
  readonly images: readonly string[];
}

/** Where an image is drawn for. */
export interface Moment {
  readonly seed: number;
  readonly field: string;
  readonly epoch: number;
}

/** Changes one sample's image in place. */
export function transforming(
  list: readonly Augmentation[],
  range: Range,
  moment: Moment,
): (image: Image, sample: number) => void {
  const steps = list.flatMap((a, i) =>
    isMix(a) ? [] : [{ apply: transformOf(a), stream: `${moment.field}.${i}.${a.kind}` }],
  );
  let scratch = new Float32Array(0);
  return (image, sample) => {
    if (scratch.length !== image.values.length) scratch = new Float32Array(image.values.length);
    for (const { apply, stream } of steps) apply(image, drawsFor(stream, moment, sample), scratch, range);
  };
}

/** How a sample is mixed with another: which of `count` that is, as a share of them, and how. */
export interface Mixture extends Blend {
  readonly partner: number;
}

/** Null when nothing of the list mixes samples. With several, one is drawn for each sample. All fields of a sample have one mixture. */
export function mixing(
  list: readonly Augmentation[],
  moment: Omit<Moment, 'field'>,
): ((sample: number, size: Pick<Image, 'height' | 'width'>) => Mixture) | null {
  const kinds = list.filter(isMix).map(mixOf);
  const [first] = kinds;
  if (first === undefined) return null;
  return (sample, size) => {
    const draw = drawsFor('mix', moment, sample);
    const partner = draw();
    const mix = kinds[Math.floor(draw() * kinds.length)] ?? first;
    return { partner, ...mix(draw, size) };
  };
}

const drawsFor = (stream: string, { seed, epoch }: Omit<Moment, 'field'>, sample: number): Draw =>
  draws(seed, stream, epoch, sample);
