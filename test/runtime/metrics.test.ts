/** Metrics against values recorded from scikit-learn (scripts/oracle/losses.py), their laws, and how they are shown. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metrics as declared } from '../../src/check/metrics/table.ts';
import type { Measured, MetricValue } from '../../src/runtime/metrics/metric.ts';
import { metricTable } from '../../src/runtime/metrics/table.ts';
import { metricsText, outputRow, shown, tableLines } from '../../src/runtime/metrics/text.ts';
import { metricsOf, tablesOf } from '../../src/runtime/metrics.ts';
import type { MetricConfig } from '../../src/runtime/model.ts';
import recorded from './oracle/metrics.json' with { type: 'json' };

interface Case {
  readonly kind: 'softmax' | 'sigmoid' | 'numbers';
  readonly values: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly target: { readonly data: readonly number[] };
  readonly metrics: Readonly<Record<string, MetricValue>>;
}

// The file is written by the script, with these very fields.
const cases = recorded.cases as readonly Case[];

/** What a train would say to get a metric of that name. */
function configOf(as: string): MetricConfig {
  const top = /^top_(\d+)_(accuracy|error)$/.exec(as);
  if (top !== null) return { output: 'y', metric: 'top_k', as, k: Number(top[1]), show: top[2] ?? '' };
  const average = /_(micro|per_class)$/.exec(as)?.[1] ?? 'macro';
  return { output: 'y', metric: as.replace(/_(micro|per_class)$/, ''), as, average, bins: 15 };
}

/** Two chunks, so that what is added up is tested too. */
function measure(
  as: string,
  { values, target, kind }: Pick<Case, 'values' | 'target' | 'kind'>,
  split = 17,
): MetricValue {
  const [samples = 0, width = 1] = values.shape;
  const of: Measured = {
    classes: kind === 'numbers' ? null : kind === 'sigmoid' ? 2 : width,
    threshold: 0,
    probabilities: kind === 'numbers' ? null : kind,
  };
  const config = configOf(as);
  const tally = metricTable[config.metric]?.begin(of, config) ?? expect.fail(`no metric ${config.metric}`);
  const per = kind === 'numbers' ? width : 1;
  for (const [from, to] of [
    [0, Math.min(split, samples)],
    [Math.min(split, samples), samples],
  ] as const) {
    if (to === from) continue;
    tally.add({
      values: values.data.slice(from * width, to * width),
      targets: target.data.slice(from * per, to * per),
      width,
      samples: to - from,
    });
  }
  return tally.value();
}

describe(`as ${recorded.source} have them`, () => {
  const rows = cases.flatMap((c, i) => Object.entries(c.metrics).map(([as, value]) => [i, as, value, c] as const));
  test.each(rows)('case %i: %s', (_i, as, expected, c) => {
    const found = measure(as, c);
    [found].flat(2).forEach((value, i) => {
      expect(value).toBeCloseTo([expected].flat(2)[i] ?? Number.NaN, 9);
    });
    expect([found].flat(2)).toHaveLength([expected].flat(2).length);
  });
});

test('what can be asked for can be measured', () => {
  expect(Object.keys(metricTable).toSorted()).toEqual(Object.keys(declared).toSorted());
});

describe('laws', () => {
  const settings = { numRuns: 100, seed: 3 } as const;
  const classes = 4;
  const made = fc
    .array(fc.tuple(fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 4, maxLength: 4 }), fc.nat({ max: 3 })), {
      minLength: 1,
      maxLength: 40,
    })
    .map((samples) => ({
      kind: 'softmax' as const,
      values: { shape: [samples.length, classes], data: samples.flatMap(([v]) => v) },
      target: { data: samples.map(([, label]) => label) },
    }));

  test('accuracy is top-1 accuracy, micro precision, recall and f1, and the trace of the confusion matrix', () => {
    fc.assert(
      fc.property(made, (c) => {
        const accuracy = Number(measure('accuracy', c));
        for (const as of ['top_1_accuracy', 'precision_micro', 'recall_micro', 'f1_micro'])
          expect(measure(as, c)).toBeCloseTo(accuracy, 12);
        expect(measure('top_1_error', c)).toBeCloseTo(1 - accuracy, 12);
        const matrix = measure('confusion_matrix', c) as readonly (readonly number[])[];
        const trace = matrix.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
        expect(trace / c.target.data.length).toBeCloseTo(accuracy, 12);
        expect(matrix.flat().reduce((a, b) => a + b, 0)).toBe(c.target.data.length);
      }),
      settings,
    );
  });

  test('a guess that may be wider is right at least as often, and among all classes always', () => {
    fc.assert(
      fc.property(made, (c) => {
        const at = (k: number): number => Number(measure(`top_${k}_accuracy`, c));
        for (const k of [1, 2, 3]) expect(at(k + 1)).toBeGreaterThanOrEqual(at(k));
        expect(at(4)).toBe(1);
      }),
      settings,
    );
  });

  test('with one bin the calibration error is the distance of the mean confidence from the accuracy', () => {
    fc.assert(
      fc.property(made, (c) => {
        const of: Measured = { classes, threshold: null, probabilities: 'softmax' };
        const tally = metricTable.calibration_error?.begin(of, { output: 'y', metric: '', as: '', bins: 1 });
        tally?.add({ values: c.values.data, targets: c.target.data, width: classes, samples: c.target.data.length });
        const sure = c.target.data.map((_, i) => {
          const row = c.values.data.slice(i * classes, (i + 1) * classes).map(Math.exp);
          return Math.max(...row) / row.reduce((a, b) => a + b, 0);
        });
        const mean = sure.reduce((a, b) => a + b, 0) / sure.length;
        expect(tally?.value()).toBeCloseTo(Math.abs(mean - Number(measure('accuracy', c))), 10);
      }),
      settings,
    );
  });

  test('the order and the chunks of samples make no difference', () => {
    fc.assert(
      fc.property(made, fc.nat({ max: 40 }), (c, split) => {
        for (const as of ['accuracy', 'f1', 'calibration_error', 'top_2_accuracy'])
          expect(measure(as, c, split)).toBeCloseTo(Number(measure(as, c, 0)), 10);
      }),
      settings,
    );
  });
});

describe('shown', () => {
  const metrics: readonly MetricConfig[] = [
    { output: 'label', metric: 'accuracy', as: 'accuracy' },
    { output: 'label', metric: 'top_k', as: 'top_5_error', k: 5, show: 'error' },
    { output: 'label', metric: 'f1', as: 'f1_per_class', average: 'per_class' },
    { output: 'label', metric: 'confusion_matrix', as: 'confusion_matrix' },
    { output: 'price', metric: 'mean_absolute_error', as: 'mean_absolute_error' },
  ];
  const label = {
    loss: 0.25,
    accuracy: 0.9375,
    top_5_error: 0.018,
    f1_per_class: [1, 0.5],
    confusion_matrix: [
      [10, 2],
      [0, 113],
    ],
  };
  const scores = { loss: 0.5, outputs: { label }, samples: 1234 };

  test('of one output', () => {
    expect(metricsText(scores, metrics)).toEqual(['accuracy 93.75%', 'top-5 error 1.80%']);
    expect(shown(scores, metrics).map(tableLines)).toEqual([
      [],
      [],
      ['of each class', '      0       1', '100.00%  50.00%'],
      ['rows are classes, columns guesses', '     0    1', ' 0  10    2', ' 1   0  113'],
    ]);
    expect(outputRow('label', label, scores)).toEqual(['test accuracy', '93.75% of 1,234 samples, loss 0.2500']);
    expect(Object.keys(metricsOf(scores))).toEqual(['accuracy', 'top_5_error']);
    expect(Object.keys(tablesOf(scores))).toEqual(['f1_per_class', 'confusion_matrix']);
  });

  test('of several outputs, one of them numbers', () => {
    const price = { loss: 0.0002, mean_absolute_error: 1234.5678 };
    const both = { loss: 0.25, outputs: { label, price }, samples: 10 };
    expect(metricsText(both, metrics)).toEqual([
      'label accuracy 93.75%',
      'label top-5 error 1.80%',
      'price mean absolute error 1234.57',
    ]);
    expect(outputRow('price', price, both)).toEqual(['price loss', '2.000e-4 of 10 samples']);
    expect(metricsOf(both)).toMatchObject({ label_accuracy: 0.9375, price_mean_absolute_error: 1234.5678 });
  });

  test('a table of many classes is in the summary', () => {
    const value = Array.from({ length: 20 }, () => 1);
    expect(tableLines({ label: '', text: null, value, share: true })).toEqual(['in the summary']);
  });
});
