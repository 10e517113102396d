/** Tables of a terminal: columns as wide as what stands in them, numbers to the right. */
import type { SweepPlan } from '../../check/index.ts';
import type { ResultTable } from '../../report/sweep/index.ts';
import { labelsOf } from './names.ts';
import type { SweepRecord } from './record.ts';

export function columnsText(columns: ResultTable['columns'], rows: ResultTable['rows']): readonly string[] {
  const all = [columns.map((c) => c.name), ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => [...(row[i] ?? '')].length)));
  return all.map((row) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat((widths[i] ?? 0) - [...cell].length);
        return columns[i]?.numeric === true ? space + cell : cell + space;
      })
      .join('   ')
      .trimEnd(),
  );
}

const grouped = (n: number): string => n.toLocaleString('en-US');

/** The cases with their values, weights and updates; the repeats of one together. */
export function dryRunText(
  { cases, repeats, name }: SweepRecord,
  { axes, cases: planned }: SweepPlan,
): readonly string[] {
  const labels = labelsOf(axes);
  const columns = [
    ...axes.map(({ values }, i) => ({ name: labels[i] ?? '', numeric: values.every((v) => v.number !== null) })),
    ...['weights', 'epochs', 'updates'].map((of) => ({ name: of, numeric: true })),
    { name: '', numeric: false },
  ];
  const first = cases.flatMap((c, i) => (c.repeat === 0 ? [{ c, plan: planned[i] }] : []));
  const rows = first.map(({ c, plan }) => [
    ...c.values.map((value, axis) => axes[axis]?.values[value]?.text ?? ''),
    plan?.train == null ? '–' : grouped(weightsOf(plan.train.model)),
    c.epochs === null ? '–' : grouped(c.epochs),
    c.updates === null ? '–' : grouped(c.updates),
    c.status === 'skipped' ? `left out: ${c.why}` : '',
  ]);
  const run = cases.filter((c) => c.status !== 'skipped');
  const updates = run.reduce<number | null>(
    (sum, c) => (sum === null || c.updates === null ? null : sum + c.updates),
    0,
  );
  const seeds = repeats === 1 ? '' : `, each ${repeats} times: repeat r trains from the seed of its case plus r − 1`;
  return [
    ...columnsText(columns, rows),
    '',
    `sweep ${name}: ${first.length} cases${seeds}`,
    `${grouped(run.length)} runs, ${updates === null ? 'updates not known' : `at most ${grouped(updates)} updates`}`,
  ];
}

const weightsOf = ({ layers }: NonNullable<SweepPlan['cases'][number]['train']>['model']): number =>
  layers
    .flatMap((layer) => layer.weights)
    .filter((weight) => weight.trainable)
    .reduce(
      (sum, { shape }) => sum + shape.reduce<number>((n, size) => n * (typeof size === 'number' ? size : 1), 1),
      0,
    );
