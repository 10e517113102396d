/** The settings of rules: a table, and the one way in. A new setting is a file beside this one and a row. */
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { Value } from '../../ir/value.ts';
import type { Expression } from '../../parser/tree.ts';
import { bindMethod, type Method } from '../entries.ts';
import { fromBound, word } from '../syntax.ts';
import { tracing } from '../tracing.ts';
import type { Environment } from '../values.ts';
import { isSlot, type Slot, slots } from '../words.ts';
import { constraint } from './constraint.ts';
import { decay } from './decay.ts';
import type { SettingDef } from './definition.ts';
import { init } from './init.ts';
import { bindWeightMethod, type MethodEffect, weightMethodOf } from './method.ts';
import { noise } from './noise.ts';
import { penalty } from './penalty.ts';
import { prior } from './prior.ts';
import { rateScale } from './rate-scale.ts';
import { start } from './start.ts';
import { trainable } from './trainable.ts';

export { refuseWith } from './refuse.ts';

/** In the order in which they are shown. */
export const settings = {
  init,
  start,
  decay,
  penalty,
  prior,
  constraint,
  trainable,
  rate_scale: rateScale,
  noise,
} as const;

export type SettingKey = keyof typeof settings;

/** What fills a slot; null empties it. */
export interface FillEffect {
  readonly kind: 'fill';
  readonly slot: Slot;
  readonly method: Method | null;
}

type EffectOf<D> = D extends SettingDef<infer E> ? E : never;
export type Effect = FillEffect | MethodEffect | EffectOf<(typeof settings)[SettingKey]>;

/** Keys of rules. A slot's name fills the slots that the selector finds, or that are inside of what it finds. */
export const settingKeys: readonly string[] = [...Object.keys(settings), ...slots];

const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(settings, key);

/** The definition of a key whose effects are only handed back to it; null for slots and unknown keys. */
export const settingOf = (key: string): SettingDef<{ readonly kind: string }> | null =>
  // Effects are told apart by `kind`, which is the key that the definition was found by.
  isSettingKey(key) ? (settings[key] as unknown as SettingDef<{ readonly kind: string }>) : null;

const ownerOf = (effect: Exclude<Effect, FillEffect | MethodEffect>): SettingDef<{ readonly kind: string }> => {
  const def = settingOf(effect.kind);
  if (def === null) throw new Error(`no setting ${effect.kind}`);
  return def;
};

/** Says of a place what it is without any rule: resets what another rule sets. */
export const isNeutral = (effect: Effect): boolean =>
  effect.kind === 'fill' ? effect.method === null : effect.kind !== 'method' && ownerOf(effect).isNeutral(effect);

/** Equal values of two rules do not mean the same: each is about what its rule selects. */
export const isTogether = (effect: Effect): boolean =>
  effect.kind !== 'fill' && effect.kind !== 'method' && (ownerOf(effect).isTogether?.(effect) ?? false);

/** What a setting does, as the value that says so. */
export function printEffect(effect: Effect): Expression {
  if (effect.kind === 'method') return fromBound(effect.method);
  if (effect.kind !== 'fill') return ownerOf(effect).print(effect);
  return effect.method === null ? word('none') : fromBound(effect.method);
}

/** The effect of a setting, or null after saying what is wrong with its value. */
export function bindSetting(key: string, value: Value, environment: Environment, sink: Report): Effect | null {
  if (isSlot(key)) {
    const ofKernels = weightMethodOf(value);
    if (ofKernels?.use === key) return bindWeightMethod(ofKernels, value, environment, sink);
    const method = bindMethod(key, value, environment, sink);
    return method && { kind: 'fill', slot: key, method: method === 'none' ? null : method };
  }
  return isSettingKey(key) ? settings[key].bind(value, environment, tracing([value], sink)) : null;
}
