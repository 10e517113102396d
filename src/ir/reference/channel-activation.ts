/** Activations with a weight per channel: x [..., C], weight [C]. */
import { map, type NdArray, zeros } from '../nd.ts';

export const channelActivations = ['tlu', 'prelu'] as const;
export type ChannelActivation = (typeof channelActivations)[number];

/** The value, and its derivatives by x and by the weight. */
const functions: Readonly<Record<ChannelActivation, (x: number, w: number) => readonly [number, number, number]>> = {
  tlu: (x, tau) => (x > tau ? [x, 1, 0] : [tau, 0, 1]),
  prelu: (x, slope) => (x > 0 ? [x, 1, 0] : [slope * x, slope, x]),
};

const at = (v: NdArray, i: number): number => v.data[i] ?? 0;

export const channelActivation = (x: NdArray, weight: NdArray, fn: ChannelActivation): NdArray =>
  map(x, (v, i) => functions[fn](v, at(weight, i % weight.data.length))[0]);

export function channelActivationGrad(
  dy: NdArray,
  x: NdArray,
  weight: NdArray,
  fn: ChannelActivation,
): { readonly dx: NdArray; readonly dweight: NdArray } {
  const channels = weight.data.length;
  const dweight = zeros([channels]);
  const dx = map(dy, (g, i) => {
    const c = i % channels;
    const [, byX, byWeight] = functions[fn](at(x, i), at(weight, c));
    dweight.data[c] = at(dweight, c) + g * byWeight;
    return g * byX;
  });
  return { dx, dweight };
}
