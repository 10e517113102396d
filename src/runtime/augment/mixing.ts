/**
 * Mixup and cutmix: a sample and another one of the training part, with the share of each in the target.
 *   mixup   x = λ·x₁ + (1 − λ)·x₂                    λ ~ Beta(α, α)
 *   cutmix  x = x₁ with a window of x₂ of about (1 − λ)·H·W pixels; λ is then the share of x₁ that is left
 *   both    y = λ·y₁ + (1 − λ)·y₂
 * Source  Zhang et al. 2018; Yun et al. 2019.
 */
import type { Draw, Image } from './image.ts';

interface MixOptions {
  readonly alpha: number;
}

/** How a sample is mixed with its partner. */
export interface Blend {
  /** What is left of the sample itself, in [0, 1]. */
  readonly share: number;
  /** Writes into the sample's own image. */
  readonly apply: (own: Image, partner: Image) => void;
}

/** Draws how the samples of images of this size are mixed. */
export type Mix = (draw: Draw, size: Pick<Image, 'height' | 'width'>) => Blend;

export const mixup =
  ({ alpha }: MixOptions): Mix =>
  (draw) => {
    const share = beta(alpha, draw);
    return { share, apply: (own, partner) => blend(own.values, partner.values, share) };
  };

/** own ← share·own + (1 − share)·partner */
export function blend(own: Float32Array, partner: ArrayLike<number>, share: number): void {
  for (let i = 0; i < own.length; i++) own[i] = share * (own[i] ?? 0) + (1 - share) * (partner[i] ?? 0);
}

export const cutmix =
  ({ alpha }: MixOptions): Mix =>
  (draw, { height, width }) => {
    const side = Math.sqrt(1 - beta(alpha, draw));
    const [y, x] = [draw(), draw()];
    const [top, bottom] = span(y, side, height);
    const [left, right] = span(x, side, width);
    return {
      share: 1 - ((bottom - top) * (right - left)) / (height * width),
      apply(own, partner) {
        for (let row = top; row < bottom; row++) {
          const [from, to] = [left, right].map((column) => (row * own.width + column) * own.channels);
          own.values.set(partner.values.subarray(from, to), from);
        }
      },
    };
  };

/** The pixels around a centre, as shares of a side; what would lie outside is cut off. */
function span(centre: number, share: number, length: number): readonly [number, number] {
  const [middle, half] = [Math.floor(centre * length), (share * length) / 2];
  return [Math.max(0, Math.round(middle - half)), Math.min(length, Math.round(middle + half))];
}

/** A number of the Beta(α, α) distribution: of two gamma variables the share of the first. */
export function beta(alpha: number, draw: Draw): number {
  const [a, b] = [gamma(alpha, draw), gamma(alpha, draw)];
  // Both underflow for tiny α, where the distribution is all but a coin.
  return a + b > 0 ? a / (a + b) : draw() < 0.5 ? 0 : 1;
}

/** A number of the gamma distribution of scale 1. Source  Marsaglia & Tsang 2000, with their remark for shapes below 1. */
function gamma(shape: number, draw: Draw): number {
  if (shape < 1) return gamma(shape + 1, draw) * (1 - draw()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - draw()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
