/** Weights learnt with input noise against those learnt with the L2 penalty that it amounts to. */
import { lineChart, type Point, type Series } from '../../src/report/lines.ts';
import { spreadOf } from '../../src/report/sweep/statistics.ts';
import { markdownTable } from './markdown.ts';
import { type Found, runsWith, weightsOf } from './results.ts';
import type { Shown } from './shown.ts';
import { told } from './told.ts';

const strengths = [0.25, 0.5, 1];
type Weights = readonly number[];

interface Row {
  readonly s: number;
  /** One for each repeat. */
  readonly noise: readonly Weights[];
  readonly penalty: readonly Weights[];
}

export function agreement(found: Found): Shown {
  const learnt = (policy: string): readonly Weights[] =>
    runsWith(found, policy).map((run) => weightsOf(found, run).get('dense1.kernel') ?? []);
  const plain = learnt('Plain');
  const rows = strengths.map((s): Row => ({ s, noise: learnt(`Noise(s: ${s})`), penalty: learnt(`Ridge(s: ${s})`) }));
  const all: readonly Row[] = [{ s: 0, noise: plain, penalty: plain }, ...rows];
  const series: readonly Series[] = [
    { name: 'noise of standard deviation s', points: all.flatMap(({ s, noise }) => pointOf(s, noise)) },
    { name: 'penalty l2(s²)', points: all.flatMap(({ s, penalty }) => pointOf(s, penalty)) },
  ];
  const label = 'length of the weights against s';
  const svg = lineChart({ label, x: { label: 's', ticks: all.map(({ s }) => s) }, y: { label: '‖w‖' }, series });
  return {
    figures: [{ title: 'length of the weights, mean ± standard deviation', svg }],
    legend: series.map(({ name }, colour) => ({ name, colour })),
    notes: [],
    measures: [],
    told: [
      'Lengths of the weights, and of their differences as a share of that length; runs of the same repeat are compared.',
      markdownTable(
        ['s', 's²', 'weights with noise', 'with penalty', 'noise − penalty', 'noise − neither'],
        rows.map(({ s, noise, penalty }) => [
          String(s),
          String(s * s),
          told(noise.map(length), 'number'),
          told(penalty.map(length), 'number'),
          told(differences(noise, penalty), 'percent'),
          told(differences(noise, plain), 'percent'),
        ]),
      ),
    ],
  };
}

const length = (w: Weights): number => Math.hypot(...w);

/** Of each repeat: how long the difference is, as a share of the second. */
const differences = (these: readonly Weights[], those: readonly Weights[]): readonly number[] =>
  these.flatMap((w, repeat) => {
    const other = those[repeat];
    return other === undefined ? [] : [length(w.map((v, i) => v - (other[i] ?? 0))) / length(other)];
  });

function pointOf(x: number, weights: readonly Weights[]): readonly Point[] {
  const spread = spreadOf(weights.map(length));
  if (spread === null) return [];
  const { mean: y, deviation } = spread;
  return [{ x, y, ...(deviation === null ? {} : { low: y - deviation, high: y + deviation }) }];
}
