/** What a setting of rules is: one file each, collected in `index.ts`. */
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { Value } from '../../ir/value.ts';
import type { Expression } from '../../parser/tree.ts';
import type { Environment } from '../values.ts';

/** `E`: what it does, with its value bound; `kind` is the key. */
export interface SettingDef<E extends { readonly kind: string }> {
  readonly key: E['kind'];
  /** One line for hovers and the reference. */
  readonly doc: string;
  /** What it is about where a rule selects a layer, a stage or a block: kernels, all weights, or what the layer gives. */
  readonly reaches: 'kernels' | 'weights' | 'outputs';
  /** It acts on updates: without effect on a frozen weight, and not for statistics. */
  readonly acts: 'on updates' | 'always';
  /** The effect, or null after saying what is wrong with the value. */
  readonly bind: (value: Value, environment: Environment, report: Report) => E | null;
  /** It says what is so without any rule: resets what another rule sets. */
  readonly isNeutral: (effect: E) => boolean;
  /** It is about all weights that one rule selects together, so equal effects of two rules are not one. Absent: never. */
  readonly isTogether?: (effect: E) => boolean;
  /** The effect as the value that says so, every argument written out. */
  readonly print: (effect: E) => Expression;
  /** What takes it away again (`none`), and what to say when there is nothing to take away. */
  readonly reset: { readonly value: string; readonly why: string; readonly instead: string } | null;
}

/** Keeps the effect's type. */
export const defineSetting = <E extends { readonly kind: string }>(def: SettingDef<E>): SettingDef<E> => def;

/** The usual way to be reset. */
export const resetByNone = (key: string, noun = key): SettingDef<{ readonly kind: string }>['reset'] => ({
  value: 'none',
  why: `no other rule sets a ${noun} there`,
  instead: `remove it: there is no ${key} unless a rule sets one`,
});
