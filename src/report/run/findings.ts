/**
 * What stands out inside a network, in words:
 *   dead units       a quarter of a layer's or more
 *   saturation       half of a layer's values or more
 *   gradients        a thousandth of the last layer's in the first, or a thousand times as much
 *   spread           the same of the values on the way to the last layer
 *   updates          a kernel that one update moves by a tenth or more
 * Rules of thumb, to say where to look; the numbers themselves are in the report.
 */
import { count, percent, short } from './numbers.ts';
import type { InspectionPoint, LayerPoint } from './results.ts';

const limits = { dead: 0.25, saturated: 0.5, ratio: 1e3, moved: 0.1 } as const;

export interface Finding {
  readonly what: 'not finite' | 'dead' | 'saturated' | 'gradient' | 'spread' | 'update';
  /** Of a layer or a parameter. */
  readonly name: string;
  readonly text: string;
}

export function findingsOf({ layers, parameters, samples }: InspectionPoint): readonly Finding[] {
  const all = Object.entries(layers);
  const broken = all.find(([, { mean, std }]) => mean === null || std === null);
  if (broken !== undefined)
    return [{ what: 'not finite', name: broken[0], text: `${broken[0]} gives values that are not finite` }];
  const units = all.flatMap(([name, layer]): readonly Finding[] => [
    ...(layer.dead !== undefined && layer.dead >= limits.dead
      ? [{ what: 'dead', name, text: deadText(name, layer, layer.dead, samples) } as const]
      : []),
    ...(layer.saturated !== undefined && layer.saturated >= limits.saturated
      ? [{ what: 'saturated', name, text: `${name}: ${percent(layer.saturated)} of its values are saturated` } as const]
      : []),
  ]);
  const moves = Object.entries(parameters).flatMap(([name, { moved }]): readonly Finding[] =>
    name.endsWith('.kernel') && moved !== null && moved >= limits.moved
      ? [{ what: 'update', name, text: `the last update moved ${name} by ${percent(moved)} of its size: a large step` }]
      : [],
  );
  return [...units, ...gradientFinding(all), ...spreadFinding(all), ...moves];
}

const deadText = (name: string, { units }: LayerPoint, dead: number, samples: number): string =>
  `${name}: ${count(Math.round(dead * units))} of ${count(units)} units are dead: no slope for any of the ${count(samples)} samples`;

type Layers = readonly (readonly [name: string, layer: LayerPoint])[];

/** The gradient on its way back, from the last layer that has one to the first. */
function gradientFinding(layers: Layers): readonly Finding[] {
  const known = layers.flatMap(([name, { gradient }]) =>
    gradient?.norm == null ? [] : [{ name, norm: gradient.norm }],
  );
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || last.norm === 0) return [];
  const { name } = first;
  if (first.norm === 0) return [{ what: 'gradient', name, text: `no gradient reaches ${name}` }];
  const ratio = first.norm / last.norm;
  const way = `from ${short(last.norm)} at ${last.name} to ${short(first.norm)} at ${name}`;
  if (ratio <= 1 / limits.ratio) return [{ what: 'gradient', name, text: `the gradient vanishes: ${way}` }];
  return ratio >= limits.ratio ? [{ what: 'gradient', name, text: `the gradient explodes: ${way}` }] : [];
}

/** The spread of values on their way to the last layer. */
function spreadFinding(layers: Layers): readonly Finding[] {
  const known = layers.flatMap(([name, { std }]) => (std === null ? [] : [{ name, std }]));
  const [first] = known;
  if (first === undefined || first.std === 0) return [];
  const smallest = known.reduce((a, b) => (b.std < a.std ? b : a));
  const largest = known.reduce((a, b) => (b.std > a.std ? b : a));
  const text = (what: string, to: typeof first): string =>
    `the values ${what}: their spread goes from ${short(first.std)} at ${first.name} to ${short(to.std)} at ${to.name}`;
  if (smallest.std <= first.std / limits.ratio)
    return [{ what: 'spread', name: smallest.name, text: text('vanish', smallest) }];
  return largest.std >= first.std * limits.ratio
    ? [{ what: 'spread', name: largest.name, text: text('explode', largest) }]
    : [];
}
