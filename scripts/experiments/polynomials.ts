/** The curves that were fitted, of the first repeat, over the true one. */
import { lineChart, type Point, type Series } from '../../src/report/lines.ts';
import { polynomialsAt } from './data.ts';
import { type Found, runsWith, weightsOf } from './results.ts';
import type { Shown } from './shown.ts';

const places = Array.from({ length: 101 }, (_, i) => i / 100);

export function polynomials(found: Found): Shown {
  const [policies, data] = found.results.axes;
  const names = (policies?.values ?? []).map(({ text }) => text);
  const truth: Series = {
    name: 'sin 2πx',
    colour: names.length,
    look: 'dashes',
    points: places.map((x) => ({ x, y: Math.sin(2 * Math.PI * x) })),
  };
  const figures = (data?.values ?? []).map(({ text }) => {
    const fitted = names.flatMap((name, colour): readonly Series[] => {
      const [run] = runsWith(found, name, text);
      return run === undefined ? [] : [{ name, colour, look: 'curve', points: curveOf(weightsOf(found, run)) }];
    });
    const svg = lineChart({
      label: `polynomials fitted to ${text}`,
      x: { label: 'x' },
      y: { label: 't', domain: [-2, 2] },
      series: [truth, ...fitted],
    });
    return { title: `data ${text}, the first repeat`, svg };
  });
  return {
    figures,
    legend: names.map((name, colour) => ({ name, colour })),
    notes: ['broken line: sin 2πx'],
    told: [],
    measures: [
      { name: 'mean absolute error', format: 'number', of: ({ measures }) => measures['mean absolute error'] },
    ],
  };
}

/** Nothing is drawn beyond the chart. */
function curveOf(weights: ReadonlyMap<string, readonly number[]>): readonly Point[] {
  const kernel = weights.get('dense1.kernel') ?? [];
  const [bias = 0] = weights.get('dense1.bias') ?? [];
  return places.map((x) => {
    const y = polynomialsAt(x).reduce((sum, p, i) => sum + p * (kernel[i] ?? 0), bias);
    return { x, y: Math.max(-2, Math.min(2, y)) };
  });
}
