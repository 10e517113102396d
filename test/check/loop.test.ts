/** Early stopping, averages, accumulation and reuse of the validation part, as far as checking goes. */
import { describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { monitorsOf } from '../../src/check/train-loop.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, spoken, trainOf } from './support.ts';

const text = (settings: string, policy = '', more = ''): string => `
network Net with P { input image: float32[8, 8, 1]  flatten  dense(6) act  head: dense(4) }
policy P { act: relu  ${policy} }
policy Q { stop { patience: 7  restore: last } }
policy R { stop { patience: none } }
data D { source: idx("d")  fields { image: float32[8, 8, 1] = minmax  label: class(4) } validation: 10% }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 6  ${settings} }
${more}`;

describe('a train', () => {
  test('by itself neither stops, nor averages, accumulates or uses anything again', () => {
    expect(trainOf(text(''), 't')).toMatchObject({ accumulate: 1, average: null, stop: null, reuse: null });
  });

  test('stops as its policy says; the monitor says which way is better', () => {
    const stopOf = (policy: string, settings = 'metrics: [accuracy, top_k(2, show: error)]') =>
      trainOf(text(settings, policy), 't').stop;
    expect(stopOf('stop { patience: 3 }')).toEqual({
      monitor: 'loss',
      mode: 'min',
      patience: 3,
      minDelta: 0,
      restore: 'best',
    });
    expect(stopOf('stop { monitor: accuracy }')).toMatchObject({
      mode: 'max',
      patience: null,
    });
    expect(stopOf('stop { monitor: top_2_error }')).toMatchObject({ mode: 'min' });
  });

  test('later policies win, one setting at a time; `none` takes away', () => {
    const stopOf = (policies: string) => trainOf(text(`policy: [P, ${policies}]`, 'stop { min_delta: 0.1 }'), 't').stop;
    expect(stopOf('Q')).toMatchObject({ minDelta: 0.1, patience: 7, restore: 'last' });
    expect(codes(text('policy: [P, Q, R]'))).toEqual(['NRM3242']);
  });

  test('is overridden setting by setting, and argument by argument', () => {
    const { tree } = parse(
      text('average: ema(decay: 0.9)  reuse_validation: continue', 'stop { patience: 3 }'),
      's.nrm',
    );
    const set = (...paths: readonly string[]) => checkTrain(tree, 't', { set: paths }).train;
    expect(set('policy.stop.patience=9')?.stop).toMatchObject({ patience: 9, restore: 'best' });
    expect(set('average.decay=0.5', 'accumulate=2')).toMatchObject({
      accumulate: 2,
      average: { args: { decay: 0.5 } },
    });
    expect(set('average=none', 'reuse_validation.limit=2')).toMatchObject({ average: null, reuse: { limit: 2 } });
    expect(checkTrain(tree, 't').train?.reuse).toEqual({ kind: 'continue', limit: 6 });
    expect(checkTrain(tree, 't', { epochs: 3 }).train?.reuse).toEqual({ kind: 'continue', limit: 3 });
  });

  test('with several outputs watches any of their losses and metrics', () => {
    const { losses, metrics } = trainOf(text('metrics: [accuracy, confusion_matrix, f1(average: per_class)]'), 't');
    expect([...monitorsOf({ losses, metrics })]).toEqual([
      ['loss', 'min'],
      ['accuracy', 'max'],
    ]);
    const two = losses.flatMap((l) => [
      { ...l, output: 'form' },
      { ...l, output: 'label' },
    ]);
    const each = metrics.map((m) => ({ ...m, output: 'label' }));
    expect([...monitorsOf({ losses: two, metrics: each })]).toEqual([
      ['loss', 'min'],
      ['form_loss', 'min'],
      ['label_loss', 'min'],
      ['label_accuracy', 'max'],
    ]);
  });

  test('resolves to a spec that means the same', () => {
    const settings =
      'accumulate: 4  average: swa(start: 2, every: 10)  reuse_validation: continue(limit: 3)  metrics: [accuracy]';
    const first = trainOf(text(settings, 'stop { monitor: accuracy  patience: 2  min_delta: 1e-3 }'), 't');
    const again = trainOf(resolvedSpec(first), 't');
    const part = ({ accumulate, average, stop, reuse }: typeof first) => ({
      accumulate,
      args: average?.args,
      stop,
      reuse,
    });
    expect(part(again)).toEqual(part(first));
    expect(resolvedSpec(again)).toBe(resolvedSpec(first));
  });
});

describe('what is wrong', () => {
  test.each([
    ['accumulate: 0', ''],
    ['accumulate: 2.5', ''],
    ['average: ema(decay: 1)', ''],
    ['average: emma', ''],
    ['average: swa(start: 0)', ''],
    ['average: swa(start: 1.5)', ''],
    ['average: swa(start: 6)', ''],
    ['average: swa(every: batch)', ''],
    ['reuse_validation: retain', 'stop { patience: 3 }'],
    ['reuse_validation: continue(limit: 0)', 'stop { patience: 3 }'],
    ['reuse_validation: retrain', ''],
    ['', 'stop { patience: 0 }'],
    ['', 'stop { patience: -1 }'],
    ['', 'stop { min_delta: -0.1 }'],
    ['', 'stop { min_delta: 0.1 }'],
    ['', 'stop { restore: bets }'],
    ['', 'stop { monitor: "loss" }'],
    ['', 'stop { monitor: acuracy  patience: 2 }'],
    ['metrics: [accuracy]', 'stop { monitor: acuracy  patience: 2 }'],
    ['', 'stop { restore: last }'],
    ['', 'stop { mode: max }'],
    ['', 'stop { patience: 2  patience: 3 }'],
    ['', 'stop { }'],
    ['stop: 3', ''],
    ['patience: 3', ''],
  ])('%s %s', (settings, policy) => {
    const found = spoken(text(settings, policy));
    expect(found.length).toBeGreaterThan(0);
    expect(found).toMatchSnapshot();
  });

  test('late averages are found for the epochs of the command line too', () => {
    const { tree } = parse(text('average: swa(start: 3)'), 'spec.nrm');
    expect(checkTrain(tree, 't').diagnostics).toEqual([]);
    expect(checkTrain(tree, 't', { epochs: 3 }).diagnostics.map((d) => d.code)).toEqual(['NRM3244']);
  });
});
