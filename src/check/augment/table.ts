/** What `input { augment: [flip(horizontal), crop(pad: 4)] }` can say. What each does is in the runtime, `src/runtime/augment/`. */
import { choice, int, number, type Signature } from '../../ir/signature.ts';
import type { Entry } from '../../ir/vocabulary.ts';

/**
 * moves   pixels change places: targets that are images would not fit any more
 * values  pixels change their values
 * mixes   a sample and another one, with the share of each in the target
 */
export interface AugmentationDef<S extends Signature = Signature> extends Entry<S> {
  readonly changes: 'moves' | 'values' | 'mixes';
}

// Arguments are bound against the signature before anything reads them.
const augmentation = <const S extends Signature>(def: AugmentationDef<S>): AugmentationDef => def;

const fill = number({ default: 0, doc: 'raw value of pixels that come from outside' });
const amount = (doc: string) => number({ above: 0, max: 1, positional: true, doc });
const alpha = (byDefault: number) =>
  number({
    above: 0,
    default: byDefault,
    positional: true,
    doc: 'λ ~ Beta(alpha, alpha); small: mostly one of the two',
  });

export const augmentations: Readonly<Record<string, AugmentationDef>> = {
  flip: augmentation({
    name: 'flip',
    doc: 'mirrors images',
    changes: 'moves',
    signature: {
      direction: choice(['horizontal', 'vertical', 'both'], {
        default: 'horizontal',
        positional: true,
        doc: 'left to right, top to bottom, or each by itself',
      }),
      probability: number({ above: 0, max: 1, default: 0.5, doc: 'of being mirrored' }),
    },
  }),
  crop: augmentation({
    name: 'crop',
    doc: 'a window of the image with `pad` pixels added at each side',
    changes: 'moves',
    signature: { pad: int({ min: 1, doc: 'pixels added at each side' }), fill },
  }),
  shift: augmentation({
    name: 'shift',
    doc: 'moves images by whole pixels',
    changes: 'moves',
    signature: {
      by: number({ above: 0, below: 1, positional: true, doc: 'at most this share of height and width' }),
      fill,
    },
  }),
  rotate: augmentation({
    name: 'rotate',
    doc: 'turns images around their centre, bilinear',
    changes: 'moves',
    signature: { degrees: number({ above: 0, max: 180, positional: true, doc: 'greatest angle either way' }), fill },
  }),
  brightness: augmentation({
    name: 'brightness',
    doc: 'adds one number to all pixels; results stay within the values of the training part',
    changes: 'values',
    signature: { amount: amount('at most this share of the distance between smallest and largest value') },
  }),
  contrast: augmentation({
    name: 'contrast',
    doc: 'scales distances from the mean of the image; results stay within the values of the training part',
    changes: 'values',
    signature: { amount: amount('the factor is drawn from 1 ± amount') },
  }),
  cutout: augmentation({
    name: 'cutout',
    doc: 'fills a square around a pixel drawn anywhere',
    changes: 'values',
    signature: { size: int({ min: 1, positional: true, doc: 'pixels along a side' }), fill },
  }),
  mixup: augmentation({
    name: 'mixup',
    doc: 'λ·x₁ + (1 − λ)·x₂ of two samples, and of their targets',
    changes: 'mixes',
    signature: { alpha: alpha(0.2) },
  }),
  cutmix: augmentation({
    name: 'cutmix',
    doc: 'a window of another sample; targets by the share of each',
    changes: 'mixes',
    signature: { alpha: alpha(1) },
  }),
};
