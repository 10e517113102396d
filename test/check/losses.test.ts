/** Losses and metrics of trains: which fit what, what samples count, formulas and modules of a project's own. */
import { describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, diagnose, trainOf } from './support.ts';

const spec = (loss: string, { output = 'dense(3)', fields = 'y: class(3)', head = '', more = '' } = {}): string => `
${head}
network Net { input x: float32[4]  output y: ${output} }
data D { source: idx("d")  fields { x: float32[4]  ${fields} } }
train t { network: Net  data: D  loss: ${loss}  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 1  ${more} }
`;

/** Codes, and what is typed to mend it. */
const told = (text: string): readonly string[] => diagnose(text).map((d) => `${d.code} ${d.message} | ${d.help ?? ''}`);

describe('what a loss compares', () => {
  const numbers = { fields: 'y: float32[3]' };
  const one = { output: 'dense(1)', fields: 'y: class(2)' };
  const ten = { output: 'dense(10)' };
  const images = { output: '{ dense(16) }', fields: 'y: float32[16]' };
  test.each([
    ['cross_entropy', {}, []],
    ['cross_entropy', numbers, []],
    ['cross_entropy', one, []],
    ['cross_entropy', { ...one, fields: 'y: real' }, []],
    ['cross_entropy', { ...one, fields: 'y: class(3)' }, ['NRM3303']],
    ['cross_entropy', ten, ['NRM3303']],
    ['cross_entropy', { fields: 'y: float32[2]' }, ['NRM3260']],
    ['cross_entropy', { fields: 'y: int32[3]' }, ['NRM3260']],
    ['categorical_crossentropy', {}, []],
    ['categorical_crossentropy', numbers, []],
    ['categorical_crossentropy', one, ['NRM2106']],
    ['sparse_categorical_crossentropy', {}, []],
    ['sparse_categorical_crossentropy', numbers, ['NRM2106']],
    ['binary_crossentropy', {}, []],
    ['binary_crossentropy', one, []],
    ['binary_crossentropy', numbers, []],
    ['mean_squared_error', {}, []],
    ['mean_squared_error', one, []],
    ['mean_squared_error', numbers, []],
    ['mean_squared_error', { fields: 'y: float32[3, 1]' }, ['NRM3260']],
    ['cosine_proximity', images, []],
    // Of one value these would have no slope, or nothing to be compared with.
    ['cosine_proximity', { output: 'dense(1)', fields: 'y: real' }, ['NRM2106']],
    ['categorical_hinge', one, ['NRM2106']],
    ['poisson', { ...images, fields: 'y: float32[17]' }, ['NRM3260']],
    ['huber', {}, ['NRM3204']],
  ] as const)('%s %j', (loss, given, expected) => {
    expect(codes(spec(loss, given))).toEqual(expected);
  });

  test('probabilities follow from the form', () => {
    const of = (loss: string, given = {}) => trainOf(spec(loss, given), 't').losses.map((l) => l.probabilities);
    expect(of('cross_entropy')).toEqual(['softmax']);
    expect(of('cross_entropy', one)).toEqual(['sigmoid']);
    expect(of('binary_crossentropy')).toEqual(['sigmoid']);
    expect(of('mean_squared_error')).toEqual([null]);
  });
});

describe('a target that is named', () => {
  const data = 'data D { source: idx("d")  fields { x: float32[4]  y: float32[4]  k: class(4) } }';
  const autoencoder = (loss: string, fields = data): string => `
loss own(p, t, a = 2) = a * mean(square(p - t))
extern loss outside(p: float32[...S], t: float32[...S], a = 2) from "./own.ts"
network Net { input x: float32[4]  dense(2)  output code: dense(4) }
${fields}
train t { network: Net  data: D  loss: ${loss}  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 1 }
`;
  const targets = (loss: string) => trainOf(autoencoder(loss), 't').losses.map((l) => l.target);

  test.each(['mean_squared_error', 'own', 'own(a: 3)', 'outside', 'binary_crossentropy'])('%s of an input', (loss) => {
    const named = loss.endsWith(')') ? loss.replace(')', ', target: x)') : `${loss}(target: x)`;
    expect(targets(named)).toEqual(['x']);
    expect(targets(`{ code: ${named} }`)).toEqual(['x']);
    const once = resolvedSpec(trainOf(autoencoder(named), 't'));
    expect(once).toContain('target: x');
    expect(resolvedSpec(trainOf(once, 't'))).toBe(once);
  });

  test('chooses where several fields could be meant', () => {
    expect(codes(autoencoder('mean_squared_error'))).toEqual(['NRM3310']);
    expect(targets('mean_squared_error(target: y)')).toEqual(['y']);
    expect(targets('cross_entropy(target: k)')).toEqual(['k']);
  });

  test('its own shape is asked for', () => {
    const narrow = data.replace('y: float32[4]', 'y: float32[3]');
    expect(codes(autoencoder('mean_squared_error(target: y)', narrow))).toEqual(['NRM3260']);
  });

  test('a field that there is not, and what is no name', () => {
    expect(told(autoencoder('mean_squared_error(target: xx)'))).toEqual([
      'NRM3273 data `D` has no field `xx` to compare with | its fields are `x`, `y` and `k`',
    ]);
    expect(codes(autoencoder('mean_squared_error(target: "x")'))).toEqual(['NRM2205']);
  });

  test('is offered where every field is an input', () => {
    const inputs = 'data D { source: idx("d")  fields { x: float32[4] } }';
    expect(told(autoencoder('mean_squared_error', inputs))[0]).toContain('`loss: mean_squared_error(target: x)`');
  });

  test('a parameter of its own that is called so stays a number', () => {
    const own = autoencoder('own(target: 3)').replace('(p, t, a = 2) = a', '(p, t, target = 2) = target');
    expect(codes(own)).toEqual(['NRM3310']);
    expect(trainOf(own.replace('output code', 'output y'), 't').losses[0]).toMatchObject({ target: 'y' });
  });
});

describe('what samples count', () => {
  const weighed = { fields: 'y: class(3)  w: float32[1]' };
  test.each([
    ['cross_entropy(weights: [1, 2, 5])', {}, []],
    ['cross_entropy(weights: [1, 2])', {}, ['NRM3261']],
    ['cross_entropy(weights: [1, 2, -5])', {}, ['NRM2205']],
    ['cross_entropy(weights: [0, 0, 0])', {}, ['NRM2205']],
    ['cross_entropy(weights: 2)', {}, ['NRM2205']],
    ['mean_squared_error(weights: [1, 2, 5])', { fields: 'y: float32[3]' }, ['NRM3261']],
    ['cross_entropy(sample: w)', weighed, []],
    ['cross_entropy(weights: [1, 2, 5], sample: w)', weighed, []],
    ['cross_entropy(sample: "w")', weighed, ['NRM2205', 'NRM3310']],
    ['cross_entropy(sample: v)', weighed, ['NRM3262']],
    ['cross_entropy(sample: y)', weighed, ['NRM3262']],
    ['cross_entropy(sample: w)', { fields: 'y: class(3)  w: float32[2]' }, ['NRM3262']],
    ['cross_entropy(sample: w)', { fields: 'y: class(3)  w: int32[1]' }, ['NRM3262']],
    ['cross_entropy(label_smoothing: 1)', {}, ['NRM2205']],
    ['cross_entropy(label_smoothing: 10%)', {}, []],
    ['mean_squared_error(label_smoothing: 0.1)', {}, ['NRM2202']],
  ] as const)('%s %j', (loss, given, expected) => {
    expect(codes(spec(loss, given)).filter((code) => code !== 'NRM3310' || expected.includes(code as never))).toEqual(
      expected.filter((code) => code !== 'NRM3310'),
    );
  });

  test('a resolved spec says it all', () => {
    const train = trainOf(spec('cross_entropy(weights: [1, 2, 5], sample: w)', weighed), 't');
    expect(resolvedSpec(train)).toContain('loss: cross_entropy(label_smoothing: 0, weights: [1, 2, 5], sample: w)');
    expect(train.losses[0]?.sample).toEqual({ field: 'w', type: { dtype: 'float32', shape: ['N', 1] } });
  });
});

describe('formulas', () => {
  const own = (formula: string, parameters = 'prediction, target, delta = 1'): string =>
    spec('own', { fields: 'y: float32[3]', head: `loss own(${parameters}) = ${formula}` });

  test.each([
    ['mean(square(prediction - target) * delta)', []],
    ['delta * sum(abs(prediction - target), axis: last)', ['NRM3267']],
    ['prediction', ['NRM3267']],
    ['mean(target) * delta', ['NRM3272']],
    ['1', ['NRM3272']],
    ['mean(prediktion - target)', ['NRM3264']],
    ['mean(squared(prediction - target))', ['NRM3265']],
    ['mean(prediction, target)', ['NRM3266']],
    ['mean(prediction, axis: first)', ['NRM3266']],
    ['mean(prediction, axes: last)', ['NRM3266']],
    ['abs(x: prediction)', ['NRM3266']],
    ['mean()', ['NRM3266']],
    ['mean(where(prediction, target, 0))', ['NRM3271']],
    ['mean(prediction > target)', ['NRM3271']],
    ['mean(prediction) > 0', ['NRM3271']],
    ['mean(-(prediction > target))', ['NRM3271']],
    ['mean(where(not prediction, 1, 2))', ['NRM3271']],
    ['mean(where(prediction > 0 and delta, prediction, 2))', ['NRM3271']],
    ['mean(prediction * "two")', ['NRM3271']],
    ['mean(prediction * true)', ['NRM3271']],
    ['mean(prediction * [1, 2])', ['NRM3271']],
    ['mean(softmax(mean(prediction)))', ['NRM3271']],
    ['mean(prediction) / (delta - 1)', ['NRM3271']],
    ['mean(prediction) * log(delta - 1)', ['NRM3271']],
    // Each mistake by itself.
    ['mean(predikt - targt)', ['NRM3264', 'NRM3264']],
  ])('%s', (formula, expected) => {
    expect(codes(own(formula))).toEqual(expected);
  });

  test.each([
    ['prediction', ['NRM3268']],
    ['prediction, target = 1', ['NRM3268']],
    ['prediction, target, delta = soft', ['NRM3268']],
    ['prediction, target, target = 1', ['NRM2007']],
  ])('parameters (%s)', (parameters, expected) => {
    const found = codes(own('mean(abs(prediction))', parameters));
    expect(found).toEqual(expected);
  });

  test('arguments are bound as everywhere', () => {
    const head = 'loss own(prediction, target, delta, scale = 2) = mean(abs(prediction - target)) * delta / scale';
    const of = (loss: string): readonly string[] => told(spec(loss, { fields: 'y: float32[3]', head }));
    expect(of('own(1)')).toEqual([]);
    expect(of('own(delta: 1, scale: 3)')).toEqual([]);
    expect(of('own').map((t) => t.slice(0, 7))).toEqual(['NRM2201']);
    expect(of('own(1, skale: 2)')).toEqual(['NRM2202 `own` has no argument `skale` | did you mean `scale`?']);
    expect(of('own(1, scale: 0)')[0]).toContain(
      'NRM3271 `/` takes a divisor other than 0, found `scale`, which is 0 here',
    );
    expect(of('owm(1)')[0]).toContain('did you mean `own`?');
  });

  test('arguments are set from outside, also where they are written without a name', () => {
    const head = 'loss own(p, t, a = 2, b = 1) = mean(abs(p - t)) * a / b';
    const { tree } = parse(spec('own(3)', { fields: 'y: float32[3]', head }), 'spec.nrm');
    const of = (...set: readonly string[]) => checkTrain(tree, 't', { set }).train?.losses[0]?.loss.args;
    expect(of()).toEqual({ a: 3, b: 1, target: null });
    expect(of('loss.a=0.5')).toEqual({ a: 0.5, b: 1, target: null });
    expect(of('loss.b=4', 'loss.a=7')).toEqual({ a: 7, b: 4, target: null });
  });

  test('a softmax of a single output is refused', () => {
    const head = 'loss own(p, t) = -sum(t * log_softmax(p))';
    expect(codes(spec('own', { head }))).toEqual([]);
    expect(codes(spec('own', { head, output: 'dense(1)', fields: 'y: real' }))).toEqual(['NRM2106']);
  });

  test('names that are taken', () => {
    const twice = 'loss own(p, t) = mean(p - t)\nextern loss own(p: float32[...S], t: float32[...S]) from "./own.ts"';
    expect(codes(spec('own', { fields: 'y: float32[3]', head: twice }))).toEqual(['NRM2001']);
    expect(codes(spec('hinge', { head: 'loss hinge(p, t) = mean(p - t)' }))).toEqual(['NRM3269']);
  });

  test('the resolved spec carries the formula, and is read again', () => {
    const head = 'loss own(p, t, a = 2) = mean(where(abs(p - t) <= a, tanh(p - t), -1 * (p - t)))';
    const once = resolvedSpec(trainOf(spec('own(a: 3)', { fields: 'y: float32[3]', head }), 't'));
    expect(once).toContain('loss own(p, t, a = 2) = mean(where(abs(p - t) <= a, tanh(p - t), -1 * (p - t)))');
    expect(once).toContain('loss: own(3)');
    expect(resolvedSpec(trainOf(once, 't'))).toBe(once);
  });
});

describe('modules', () => {
  const from = (text: string): string => spec('own', { fields: 'y: float32[3]', head: `extern loss own${text}` });
  test.each([
    ['(p: float32[...S], t: float32[...S]) from "./own.ts"', []],
    ['(p: float32[...S], t: float32[...S], a = 1, b = soft) from "./own.ts"', []],
    ['(p: float32[...S]) from "./own.ts"', ['NRM3270']],
    ['(p: float32[...S], t: float32[...S], u: float32[...S]) from "./own.ts"', ['NRM3270']],
    ['(a = 1, p: float32[...S], t: float32[...S]) from "./own.ts"', ['NRM3270']],
    ['(p: float32[3], t: float32[...S]) from "./own.ts"', ['NRM3270']],
    ['(p: float32[...S], t: int32[...S]) from "./own.ts"', ['NRM3270']],
    ['(p: float32[...S], t: float32[...S]) -> float32[...S] from "./own.ts"', ['NRM3270']],
    ['(p: float32[...S], t: float32[...S]) from "own"', ['NRM2507']],
  ])('%s', (text, expected) => {
    expect(codes(from(text))).toEqual(expected);
  });
});

describe('metrics', () => {
  const numbers = { fields: 'y: float32[3]' };
  const one = { output: 'dense(1)', fields: 'y: class(2)' };
  test.each([
    ['[accuracy, top_k(2), precision, recall, f1, confusion_matrix, calibration_error]', 'cross_entropy', {}, []],
    ['[mean_absolute_error, mean_squared_error, r2]', 'mean_squared_error', numbers, []],
    ['accuracy', 'cross_entropy', {}, []],
    ['[f1, f1(average: micro), f1(average: per_class)]', 'cross_entropy', {}, []],
    ['[f1, f1(average: macro)]', 'cross_entropy', {}, ['NRM3203']],
    ['[acuracy]', 'cross_entropy', {}, ['NRM3204']],
    ['[f1(average: mikro)]', 'cross_entropy', {}, ['NRM2205']],
    ['[top_k]', 'cross_entropy', {}, ['NRM2201']],
    ['[top_k(3)]', 'cross_entropy', {}, ['NRM3263']],
    ['[top_k(0)]', 'cross_entropy', {}, ['NRM2205']],
    ['[accuracy]', 'mean_squared_error', numbers, ['NRM3263']],
    ['[r2]', 'cross_entropy', {}, ['NRM3263']],
    ['[calibration_error]', 'mean_squared_error', {}, ['NRM3263']],
    ['[calibration_error, f1]', 'cross_entropy', one, []],
    ['[accuracy]', 'mean_squared_error', one, []],
    ['[accuracy]', 'logcosh', one, []],
    // What it gives are logits, which numbers are not compared with.
    ['[r2]', 'binary_crossentropy', numbers, ['NRM3263']],
    ['[mean_squared_error]', 'cross_entropy', numbers, ['NRM3263']],
  ] as const)('%s of %s %j', (metrics, loss, given, expected) => {
    expect(codes(spec(loss, { ...given, more: `metrics: ${metrics}` }))).toEqual(expected);
  });

  test('each is measured of the outputs that it fits', () => {
    const { metrics } = trainOf(
      `network Net { input x: float32[4]  output y: dense(3)  from x  output z: dense(1) }
      data D { source: idx("d")  fields { x: float32[4]  y: class(3)  z: real } }
      train t { network: Net  data: D  loss: { y: cross_entropy  z: logcosh }  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 1  metrics: [r2, accuracy, top_k(2)] }`,
      't',
    );
    expect(metrics.map((m) => `${m.output} ${m.metric.def.as(m.metric.args)}`)).toEqual([
      'y accuracy',
      'y top_2_accuracy',
      'z r2',
    ]);
  });
});

describe('what is typed to mend it', () => {
  test('a metric of one of several outputs is watched by its whole name', () => {
    const two = (monitor: string): string => `
network Net { input x: float32[4]  output y: dense(3)  from x  output z: dense(1) }
policy P { stop { patience: 2  monitor: ${monitor} } }
data D { source: idx("d")  fields { x: float32[4]  y: class(3)  z: real }  validation: 10% }
train t { network: Net  policy: P  data: D  loss: { y: cross_entropy  z: logcosh }  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 3  metrics: [r2, accuracy] }`;
    expect(told(two('r2'))).toEqual(['NRM3240 train `t` does not measure `r2` | did you mean `z_r2`?']);
    expect(told(two('f1'))[0]).toContain('add it to the train: `metrics: [f1]`');
    expect(told(two('z_r2'))).toEqual([]);
  });

  test('a formula stands in a declaration', () => {
    expect(told(spec('mean(abs(p - t))', { fields: 'y: float32[3]' }))[0]).toContain(
      '`loss own(prediction, target) = mean(…)`',
    );
  });
});
