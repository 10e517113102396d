/** Kinds of attributes that nodes carry. All are plain JSON values, so that a graph prints and parses back. */

import type { AttrValue } from './graph.ts';
import type { AttrSpec } from './op.ts';

/** Height and width. */
export type Pair = readonly [number, number];
export type Padding = 'same' | 'valid' | readonly [Pair, Pair];

const withDefault = <T extends AttrValue>(
  is: (value: AttrValue) => value is T,
  fallback: T | undefined,
): AttrSpec<T> => (fallback === undefined ? { is } : { is, default: fallback });

const isNumber = (v: AttrValue): v is number => typeof v === 'number';
const isPair = (v: AttrValue): v is Pair => Array.isArray(v) && v.length === 2 && v.every(isNumber);

export const aNumber = (fallback?: number): AttrSpec<number> => withDefault(isNumber, fallback);
/** A size, or null where it is known at run time only. */
export const aSize = (): AttrSpec<number | null> =>
  withDefault((v): v is number | null => v === null || isNumber(v), null);
export const aBoolean = (fallback?: boolean): AttrSpec<boolean> =>
  withDefault((v): v is boolean => typeof v === 'boolean', fallback);
export const aText = (fallback?: string): AttrSpec<string> =>
  withDefault((v): v is string => typeof v === 'string', fallback);
export const aPair = (fallback?: Pair): AttrSpec<Pair> => withDefault(isPair, fallback);
export const numbers = (fallback?: readonly number[]): AttrSpec<readonly number[]> =>
  withDefault((v): v is readonly number[] => Array.isArray(v) && v.every(isNumber), fallback);
/** Axes by number, or null: what the op goes over by itself. */
export const someAxes = (): AttrSpec<readonly number[] | null> =>
  withDefault((v): v is readonly number[] | null => v === null || (Array.isArray(v) && v.every(isNumber)), null);
export const oneOf = <const W extends string>(words: readonly W[], fallback?: W): AttrSpec<W> =>
  withDefault((v): v is W => words.some((w) => w === v), fallback);

/** `same` (TensorFlow's: ⌈size/stride⌉, the odd pixel at bottom and right), `valid`, or [[top, bottom], [left, right]] in pixels. */
export const aPadding = (): AttrSpec<Padding> =>
  withDefault(
    (v): v is Padding => v === 'same' || v === 'valid' || (Array.isArray(v) && v.length === 2 && v.every(isPair)),
    'same',
  );
