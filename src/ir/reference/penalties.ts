/** Penalties of a parameter. */
import { map, type NdArray, scalar } from '../nd.ts';

const sumOf = (w: NdArray, f: (value: number) => number): number => w.data.reduce((total, v) => total + f(v), 0);

export const l1 = (w: NdArray, lambda: number): NdArray => scalar(lambda * sumOf(w, Math.abs));
export const l2 = (w: NdArray, lambda: number): NdArray => scalar(lambda * sumOf(w, (v) => v * v));

const factor = (dy: NdArray | null): number => dy?.data[0] ?? 1;

export const l1Grad = (w: NdArray, dy: NdArray | null, lambda: number): NdArray =>
  map(w, (v) => factor(dy) * lambda * Math.sign(v));
export const l2Grad = (w: NdArray, dy: NdArray | null, lambda: number): NdArray =>
  map(w, (v) => factor(dy) * 2 * lambda * v);
