/** Where a setting goes from the places that a selector found: to slots, kernels, weights, or what a layer gives. */
import type { Place } from './places.ts';
import type { FlatSetting } from './policy.ts';
import { settingOf } from './settings/index.ts';

/**
 * What a setting is about where a rule selects a layer, a stage or a block. A weight that is named is meant itself. `none` of a slot's name
 * empties slots, and takes away the methods of kernels.
 */
type Reach = 'slots' | 'kernels' | 'weights' | 'outputs' | 'slots and kernels';

export function reachOf({ key, effect }: FlatSetting): Reach {
  if (effect.kind === 'method') return 'kernels';
  if (effect.kind === 'fill') return effect.method === null && key !== 'act' ? 'slots and kernels' : 'slots';
  return settingOf(key)?.reaches ?? 'kernels';
}

/** Whether a place that was found, or is in one that was found (`by`), takes the setting. */
export function takes(setting: FlatSetting, place: Place, by: Place): boolean {
  const reach = reachOf(setting);
  if (place.kind === 'weight') {
    if (reach === 'slots') return false;
    if (setting.effect.kind === 'method' || setting.effect.kind === 'fill') return place.spec.role === 'kernel';
    if (reach === 'outputs') return place === by && place.spec.role !== 'statistic';
    // On a layer, a stage or a block most settings mean kernels; other weights are named.
    return place === by || reach === 'weights' || place.spec.role === 'kernel';
  }
  if (reach === 'outputs') return place === by && (place.kind === 'step' || place.kind === 'slot');
  return place.kind === 'slot' && place.word === setting.key && reach.startsWith('slots');
}
