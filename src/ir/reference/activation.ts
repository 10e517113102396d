/** Activation functions and their slopes. */
import { map, type NdArray } from '../nd.ts';

/** fn(x); slope is the slope of leaky_relu, the alpha of elu. */
interface Definition {
  readonly y: (x: number, slope: number) => number;
  /** The slope at a point, from the output there (`ofY`) or from the input. */
  readonly derivative:
    | { readonly ofY: (y: number, slope: number) => number }
    | { readonly ofX: (x: number, slope: number) => number };
  /** Outputs at which the slope is 0; absent: none. A unit that gives nothing else for any sample is dead. */
  readonly flat?: (slope: number) => Flat;
  /** Outputs outside of these are within a hundredth of a bound; absent: it has none that stops learning. */
  readonly within?: (slope: number) => Within;
}

/** y ≤ `to`, y ≥ `from`, or y = `at`. */
export interface Flat {
  readonly to?: number;
  readonly from?: number;
  readonly at?: number;
}

/** `low` ≤ y ≤ `high`. */
export interface Within {
  readonly low?: number;
  readonly high?: number;
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const relu6 = (x: number): number => Math.min(Math.max(x, 0), 6);

/** Source  Klambauer et al. 2017. */
const selu = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

/** erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1)/(1·3·…·(2n+1)): all terms of one sign, so nothing cancels. Source  Abramowitz & Stegun 7.1.6. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** The normal distribution and its density. */
const cumulative = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const geluInner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

const definitions = {
  linear: { y: (x) => x, derivative: { ofX: () => 1 } },
  relu: { y: (x) => Math.max(x, 0), derivative: { ofY: (y) => (y > 0 ? 1 : 0) }, flat: () => ({ to: 0 }) },
  relu6: {
    y: relu6,
    derivative: { ofY: (y) => (y > 0 && y < 6 ? 1 : 0) },
    flat: () => ({ to: 0, from: 6 }),
    within: () => ({ high: 5.94 }),
  },
  leaky_relu: {
    y: (x, slope) => (x > 0 ? x : slope * x),
    derivative: { ofY: (y, slope) => (y > 0 ? 1 : slope) },
    flat: (slope) => (slope === 0 ? { to: 0 } : {}),
  },
  elu: {
    y: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
    derivative: { ofY: (y, alpha) => (y > 0 ? 1 : y + alpha) },
    flat: (alpha) => (alpha === 0 ? { to: 0 } : {}),
    within: (alpha) => (alpha === 0 ? {} : { low: -0.99 * alpha }),
  },
  selu: {
    y: (x) => selu.scale * (x > 0 ? x : selu.alpha * Math.expm1(x)),
    derivative: { ofY: (y) => (y > 0 ? selu.scale : y + selu.scale * selu.alpha) },
    within: () => ({ low: -1.74 }),
  },
  sigmoid: { y: sigmoid, derivative: { ofY: (y) => y * (1 - y) }, within: () => ({ low: 0.01, high: 0.99 }) },
  tanh: { y: Math.tanh, derivative: { ofY: (y) => 1 - y * y }, within: () => ({ low: -0.99, high: 0.99 }) },
  // y = ln(1 + eˣ), so 1 − e⁻ʸ = sigmoid(x).
  softplus: { y: softplus, derivative: { ofY: (y) => -Math.expm1(-y) } },
  silu: { y: (x) => x * sigmoid(x), derivative: { ofX: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))) } },
  gelu: { y: (x) => x * cumulative(x), derivative: { ofX: (x) => cumulative(x) + x * density(x) } },
  gelu_tanh: {
    y: (x) => 0.5 * x * (1 + Math.tanh(geluInner(x))),
    derivative: {
      ofX(x) {
        const t = Math.tanh(geluInner(x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
      },
    },
  },
  hard_sigmoid: {
    y: (x) => relu6(x + 3) / 6,
    derivative: { ofX: (x) => (x > -3 && x < 3 ? 1 / 6 : 0) },
    flat: () => ({ to: 0, from: 1 }),
    within: () => ({ low: 0.01, high: 0.99 }),
  },
  hard_swish: {
    y: (x) => (x * relu6(x + 3)) / 6,
    derivative: { ofX: (x) => (x <= -3 ? 0 : x < 3 ? (2 * x + 3) / 6 : 1) },
    flat: () => ({ at: 0 }),
  },
  mish: {
    y: (x) => x * Math.tanh(softplus(x)),
    derivative: {
      ofX(x) {
        const t = Math.tanh(softplus(x));
        return t + x * (1 - t * t) * sigmoid(x);
      },
    },
  },
} as const satisfies Record<string, Definition>;

export type ActivationName = keyof typeof definitions;

// Object.keys of a literal of these very keys.
export const activationNames = Object.keys(definitions) as ActivationName[];

const definitionOf = (fn: ActivationName): Definition => definitions[fn];

/** True when the gradient is taken from the output. */
export const fromOutput = (fn: ActivationName): boolean => 'ofY' in definitionOf(fn).derivative;

export const activate = (x: NdArray, fn: ActivationName, slope: number): NdArray =>
  map(x, (v) => definitionOf(fn).y(v, slope));

/** dy·fn′, where `known` is y or x, as `fromOutput` says. */
export function activateGrad(dy: NdArray, known: NdArray, fn: ActivationName, slope: number): NdArray {
  const { derivative } = definitionOf(fn);
  const of = 'ofY' in derivative ? derivative.ofY : derivative.ofX;
  return map(dy, (v, i) => v * of(known.data[i] ?? 0, slope));
}

/** Where an activation has no slope at all; empty where it always has one. */
export const flatOf = (fn: ActivationName, slope: number): Flat => definitionOf(fn).flat?.(slope) ?? {};

/** What an activation gives where it is not saturated; empty where it never is. */
export const withinOf = (fn: ActivationName, slope: number): Within => definitionOf(fn).within?.(slope) ?? {};
