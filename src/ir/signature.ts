/**
 * Signatures: what a layer, a method or a setting accepts, declared once. The checker binds arguments against them, docs and
 * editors print them, and the type of the bound arguments is derived from them.
 *
 *   const signature = { filters: size({ positional: true, doc: 'output channels' }), stride: int({ min: 1, default: 1, doc: '…' }) };
 *   type Arguments = ArgumentsOf<typeof signature>;      // { filters: number; stride: number }
 */
import type { AttrValue } from './graph.ts';
import type { Value } from './value.ts';

export interface ParameterSpec<T extends AttrValue = AttrValue> {
  /** What is accepted, as a noun phrase for messages: "a whole number from 1", "`same`, `valid`, a number or …". */
  readonly accepts: string;
  /** The value, or undefined when it is not acceptable. */
  readonly read: (value: Value) => T | undefined;
  /** Absent: must be given. */
  readonly default?: T;
  /** May be given without its name, in the order of declaration. */
  readonly positional: boolean;
  /** Bare words that are values of it: they mean themselves, also where something else has that name (`channels`). */
  readonly words?: readonly string[];
  /** A value that is written as a call, `gaussian(samples: 20)`: how. Absent: as it is. */
  says?(value: T): { readonly name: string; readonly arguments: Readonly<Record<string, AttrValue>> };
  readonly doc: string;
}

export type Signature = Readonly<Record<string, ParameterSpec>>;

export type ArgumentsOf<S extends Signature> = {
  readonly [K in keyof S]: S[K] extends ParameterSpec<infer T> ? T : never;
};

interface Common<T> {
  readonly default?: T;
  readonly positional?: boolean;
  readonly doc: string;
}

const spec = <T extends AttrValue>(
  accepts: string,
  read: (value: Value) => T | undefined,
  common: Common<T>,
): ParameterSpec<T> => ({
  accepts,
  read,
  positional: common.positional ?? false,
  doc: common.doc,
  ...('default' in common ? { default: common.default as T } : {}),
});

const numberOf = (value: Value): number | undefined => (value.kind === 'number' ? value.value : undefined);

const range = (min: number | undefined, max: number | undefined): string =>
  min !== undefined && max !== undefined
    ? ` from ${min} to ${max}`
    : min !== undefined
      ? ` from ${min}`
      : max !== undefined
        ? ` up to ${max}`
        : '';

/** A whole number in [min, max]. */
export const int = (common: Common<number> & { readonly min?: number; readonly max?: number }): ParameterSpec<number> =>
  spec(
    `a whole number${range(common.min, common.max)}`,
    (value) => {
      const n = numberOf(value);
      if (n === undefined || !Number.isSafeInteger(n)) return undefined;
      return n >= (common.min ?? -Infinity) && n <= (common.max ?? Infinity) ? n : undefined;
    },
    common,
  );

/** A finite number in [min, max], or strictly between `above` and `below`. */
export const number = (
  common: Common<number> & {
    readonly min?: number;
    readonly max?: number;
    readonly above?: number;
    readonly below?: number;
  },
): ParameterSpec<number> => {
  const { min, max, above, below } = common;
  const bounds = [
    above !== undefined ? `above ${above}` : min !== undefined ? `from ${min}` : '',
    below !== undefined ? `below ${below}` : max !== undefined ? `up to ${max}` : '',
  ].filter((s) => s !== '');
  return spec(
    bounds.length === 0 ? 'a number' : `a number ${bounds.join(' and ')}`,
    (value) => {
      const n = numberOf(value);
      if (n === undefined || !Number.isFinite(n)) return undefined;
      const fits =
        n >= (min ?? -Infinity) && n <= (max ?? Infinity) && n > (above ?? -Infinity) && n < (below ?? Infinity);
      return fits ? n : undefined;
    },
    common,
  );
};

/** A number that may be left out. */
export const optionalNumber = (common: {
  readonly above: number;
  readonly doc: string;
}): ParameterSpec<number | null> => {
  const { accepts, read } = number({ above: common.above, doc: common.doc });
  return spec<number | null>(accepts, read, { default: null, doc: common.doc });
};

/** One axis, or a list of several, counted from 0; null when it is left out. */
export const axes = (common: {
  readonly default: null;
  readonly doc: string;
}): ParameterSpec<readonly number[] | null> =>
  spec<readonly number[] | null>(
    'an axis, counted from 0, or a list of several such as `[0, 1]`',
    (value) => {
      const items = value.kind === 'list' ? value.items : [value];
      const found = items.flatMap((item) => {
        const n = numberOf(item);
        return n !== undefined && Number.isSafeInteger(n) && n >= 0 ? [n] : [];
      });
      return found.length === items.length && found.length > 0 && new Set(found).size === found.length
        ? found
        : undefined;
    },
    common,
  );

export const flag = (common: Common<boolean>): ParameterSpec<boolean> =>
  spec('`true` or `false`', (value) => (value.kind === 'boolean' ? value.value : undefined), common);

/** One of a few words; `true` and `false` may be among them. */
export const choice = <const W extends string>(words: readonly W[], common: Common<W>): ParameterSpec<W> => ({
  ...spec(
    words.map((w) => `\`${w}\``).join(', '),
    (value) => {
      const word = value.kind === 'word' ? value.word : value.kind === 'boolean' ? String(value.value) : undefined;
      return words.find((w) => w === word);
    },
    common,
  ),
  words,
});

/** One size for both axes, or `[height, width]`; always read as a pair. */
export const sizePair = (
  common: Common<readonly [number, number]> & { readonly min: number },
): ParameterSpec<readonly [number, number]> =>
  spec(
    `a whole number from ${common.min}, or a pair \`[height, width]\` of them`,
    (value): readonly [number, number] | undefined => {
      const whole = (v: Value | undefined): number | undefined => {
        const n = v === undefined ? undefined : numberOf(v);
        return n !== undefined && Number.isSafeInteger(n) && n >= common.min ? n : undefined;
      };
      if (value.kind === 'list' && value.items.length !== 2) return undefined;
      const [h, w] =
        value.kind === 'list' ? [whole(value.items[0]), whole(value.items[1])] : [whole(value), whole(value)];
      return h === undefined || w === undefined ? undefined : [h, w];
    },
    common,
  );

/** A parameter with a rule of its own. */
export const custom = spec;
