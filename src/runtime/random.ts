/**
 * Random numbers that are a function of what they are for, the same on every backend: Philox 4×32-10, a counter-based
 * generator.
 *   key      (seed, fnv1a-32 of the stream's name)
 *   counter  (block of four elements, update or epoch, purpose, sample; 0 where it is of none)
 * Element i is word i mod 4 of block ⌊i/4⌋. Uniform: (word >>> 8)·2⁻²⁴, in [0, 1).
 *
 * Source  Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
import type { Random } from './model.ts';

/** What numbers are drawn for: the third word of the counter, so that streams of one name never meet. */
const purposes = { mask: 0, initial: 1, shuffle: 2, split: 3, augment: 8 } as const;

/** What one sequence of numbers is a function of. All are taken as unsigned 32-bit words. */
export interface RandomKey {
  readonly seed: number;
  readonly stream: number;
  readonly update: number;
  readonly purpose: number;
}

/** The key of a stream by its name, such as a layer's path. `update` counts from 1; 0 where there is none. */
export const randomKey = (seed: number, stream: string, purpose: keyof typeof purposes, update = 0): RandomKey => ({
  seed: seed >>> 0,
  stream: fnv1a(stream),
  update: update >>> 0,
  purpose: purposes[purpose],
});

/** 32-bit FNV-1a of a string's UTF-8 bytes. Source  Fowler, Noll & Vo. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The high 32 bits of the 64-bit product of a and bh·2¹⁶ + bl, all unsigned, by 16-bit halves. No sum exceeds 32 bits;
 * `| 0` keeps them machine integers, which makes the generator twice as fast as `>>> 0`.
 */
function high(a: number, bh: number, bl: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const t = (Math.imul(ah, bl) + (Math.imul(al, bl) >>> 16)) | 0;
  const u = (Math.imul(al, bh) + (t & 0xffff)) | 0;
  return (Math.imul(ah, bh) + (t >>> 16) + (u >>> 16)) | 0;
}

/**
 * Ten rounds on one counter: writes four words of 32 random bits to `out` from `at`. Exported for its known-answer
 * test.
 */
export function philox(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
  at: number,
): void {
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  let c2 = counter2 | 0;
  let c3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    // The multipliers 0xd2511f53 and 0xcd9e8d57, in halves and whole.
    const h0 = high(c0, 0xd251, 0x1f53);
    const h1 = high(c2, 0xcd9e, 0x8d57);
    const l0 = Math.imul(c0, 0xd2511f53);
    const l1 = Math.imul(c2, 0xcd9e8d57);
    c0 = h1 ^ c1 ^ k0;
    c1 = l1;
    c2 = h0 ^ c3 ^ k1;
    c3 = l0;
    // The key moves on by Weyl constants: the golden ratio and √3 − 1, as fractions of 2³².
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** `count` words of a key's sequence from block `first` on, four words each, up to three more behind them. */
function words({ seed, stream, update, purpose }: RandomKey, count: number, first = 0): Uint32Array {
  const blocks = Math.ceil(count / 4);
  const out = new Uint32Array(blocks * 4);
  for (let block = 0; block < blocks; block++) philox(first + block, update, purpose, 0, seed, stream, out, block * 4);
  return out;
}

/** `count` numbers in [0, 1), multiples of 2⁻²⁴: exact in float32. */
export const uniforms = (key: RandomKey, count: number): Float32Array => uniformsOf(words(key, count), count);

function uniformsOf(bits: Uint32Array, count: number): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = ((bits[i] ?? 0) >>> 8) * 2 ** -24;
  return out;
}

/**
 * `count` numbers of the standard normal distribution, from element `from` on, by Box and Muller: elements 2i and
 * 2i + 1 are r·cos θ and r·sin θ with r = √(−2 ln(1 − u₂ᵢ)) and θ = 2π·u₂ᵢ₊₁.
 */
export function normals(key: RandomKey, count: number, from = 0): Float32Array {
  // From the block that the first one is in, so that pairs are whole.
  const first = Math.floor(from / 4);
  const skipped = from - 4 * first;
  const all = skipped + count;
  const u = uniformsOf(words(key, all + (all & 1), first), all + (all & 1));
  const out = new Float32Array(all);
  for (let i = 0; i < all; i += 2) {
    const r = Math.sqrt(-2 * Math.log(1 - (u[i] ?? 0)));
    const angle = 2 * Math.PI * (u[i + 1] ?? 0);
    out[i] = r * Math.cos(angle);
    if (i + 1 < all) out[i + 1] = r * Math.sin(angle);
  }
  return skipped === 0 ? out : out.slice(skipped);
}

/** The next number in [0, 1) of a sample's sequence in an epoch, at each call: for augmentation. */
export function draws(seed: number, stream: string, epoch: number, sample: number): () => number {
  const key = randomKey(seed, stream, 'augment', epoch);
  const words = new Uint32Array(4);
  let drawn = 0;
  return () => {
    const at = drawn++ % 4;
    if (at === 0) philox((drawn - 1) / 4, key.update, key.purpose, sample >>> 0, key.seed, key.stream, words, 0);
    return ((words[at] ?? 0) >>> 8) * 2 ** -24;
  };
}

/** A dropout mask: `kept` where u ≥ rate, 0 elsewhere. */
export function masks(
  { seed, update }: Random,
  stream: string,
  count: number,
  rate: number,
  kept: number,
): Float32Array {
  const bits = words(randomKey(seed, stream, 'mask', update), count);
  const out = new Float32Array(count);
  // u ≥ rate, both times 2²⁴.
  const threshold = Math.ceil(rate * 2 ** 24);
  for (let i = 0; i < count; i++) out[i] = (bits[i] ?? 0) >>> 8 >= threshold ? kept : 0;
  return out;
}

/** Noise: `deviation` times the standard normal distribution, from element `from` on. */
export function noises(
  { seed, update }: Random,
  stream: string,
  count: number,
  deviation: number,
  from = 0,
): Float32Array {
  const out = normals(randomKey(seed, stream, 'mask', update), count, from);
  for (let i = 0; i < count; i++) out[i] = deviation * (out[i] ?? 0);
  return out;
}

/**
 * The numbers 0 … n − 1 in an order of their own for each seed and epoch. Source  Fisher & Yates, as Durstenfeld 1964.
 */
export const permutation = (seed: number, epoch: number, n: number): Uint32Array =>
  shuffled(randomKey(seed, 'shuffle', 'shuffle', epoch), n);

/** The order in which samples are taken for the validation part: the same for one seed, whatever the epoch. */
export const splitOrder = (seed: number, n: number): Uint32Array => shuffled(randomKey(seed, 'split', 'split'), n);

function shuffled(key: RandomKey, n: number): Uint32Array {
  const bits = words(key, n);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    // ⌊u·(i + 1)⌋ with all 32 bits of the word.
    const j = high(bits[i] ?? 0, (i + 1) >>> 16, (i + 1) & 0xffff);
    const at = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = at;
  }
  return order;
}
