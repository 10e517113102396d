/** Data and train declarations. */
import { describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, trainOf } from './support.ts';

const text = (settings: string, more = ''): string => `
network Net(classes = 4) with P { input image: float32[8, 8, 1]  flatten  dense(6)  norm  act  head: dense(classes) }
policy P { norm?: batch  act: relu }
policy Q(rate) { norm: none  act: tanh  dense { decay: rate } }
data D { source: idx("d")  fields { image: float32[8, 8, 1] = minmax  label: class(4) } validation: 10% }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2  ${settings} }
${more}`;

describe('a train', () => {
  test('has defaults for what is not written', () => {
    const { losses, schedule, last, metrics, seed, data, model } = trainOf(text(''), 't');
    const args = { warmup: 0, per: 'update' };
    expect([schedule.def.name, schedule.args, last, metrics, seed]).toEqual(['constant', args, 'keep', [], 0]);
    expect(losses.map((l) => [l.output, l.target, l.targetType])).toEqual([
      ['head', 'label', { dtype: 'int32', shape: ['N'] }],
    ]);
    expect([data.validation, data.fields.map((f) => f.name)]).toEqual([0.1, ['image', 'label']]);
    expect(model.policy).toBe('P');
  });

  test('may name a policy with arguments', () => {
    const { model } = trainOf(text('policy: Q(rate: 0.2)'), 't');
    expect([model.policy, model.layers.map((l) => l.def.name)]).toEqual([
      'Q(rate: 0.2)',
      ['flatten', 'dense', 'tanh', 'dense'],
    ]);
  });

  test('is overridden from outside, through the same checks', () => {
    const { tree } = parse(text('policy: P'), 'spec.nrm');
    expect(checkTrain(tree, 't', { epochs: 9 }).train?.epochs).toBe(9);
    expect(checkTrain(tree, 't', { policy: 'Q' }).diagnostics.map((d) => d.code)).toEqual(['NRM2201']);
    expect(checkTrain(tree, 't', { policy: 'X' }).diagnostics.map((d) => d.code)).toEqual(['NRM2002']);
    const classes = {
      name: 'classes',
      nameSpan: null,
      value: {
        kind: 'number',
        value: 3,
        percent: false,
        span: tree.declarations[0]?.span ?? { file: '', start: 0, end: 0 },
      },
      span: { file: '', start: 0, end: 0 },
    } as const;
    expect(checkTrain(tree, 't', { arguments: [classes] }).diagnostics.map((d) => d.code)).toEqual(['NRM3303']);
    expect(checkTrain(tree, 'u').diagnostics.map((d) => d.code)).toEqual(['NRM2002']);
  });

  test.each([
    ['loss: { head: cross_entropy }', []],
    ['loss: [cross_entropy]', ['NRM3204']],
    ['loss: mean_squared_error', []],
    ['optimizer: sgdd(rate: 1)', ['NRM3204']],
    ['optimizer: sam(rho: 0.05)', ['NRM3204']],
    ['optimizer: rmsprop', []],
    ['optimizer: lion(rate: -0.1)', ['NRM2205']],
    ['optimizer: rmsprop(rate: 0)', ['NRM3005']],
    ['optimizer: adagrad(accumulator: -1)', ['NRM2205']],
    ['optimizer: sgd(rate: 0)', ['NRM3005']],
    ['optimizer: sgd(nesterov: true)', ['NRM3005']],
    ['optimizer: sgd(lr: 0.1)', ['NRM2202']],
    ['optimizer: sgd(0.1)', ['NRM2204']],
    ['network: Net(clases: 4)', ['NRM2202']],
    ['network: D', ['NRM2002']],
    ['data: E', ['NRM2002']],
    ['batch: 0.5', ['NRM3204']],
    ['epochs: many', ['NRM3204']],
  ])('%s', (setting, expected) => {
    const key = setting.slice(0, setting.indexOf(':'));
    const whole = text('').replace(new RegExp(`(train t.*) ${key}: [\\w"]+(\\([^)]*\\))?`), `$1 ${setting}`);
    expect(codes(whole)).toEqual(expected);
  });

  test.each([
    ['schedule: step(10)', ['NRM2204']],
    ['schedule: step(every: 10)', []],
    ['schedule: step', ['NRM3031']],
    ['schedule: step(every: 10, at: [10, 20])', ['NRM3031']],
    ['schedule: step(at: [20, 10])', ['NRM3032']],
    ['schedule: step(at: [10, 10])', ['NRM3032']],
    ['schedule: step(at: [])', ['NRM2205']],
    ['schedule: step(every: 10, factor: 10)', ['NRM3030']],
    ['schedule: step(every: 10, warmup: 10)', ['NRM3034']],
    ['schedule: step(at: [5], warmup: 10)', ['NRM3034']],
    ['schedule: step(at: 1, per: epoch)', []],
    ['schedule: step(at: 2, per: epoch)', ['NRM3033']],
    ['schedule: step(every: 2, per: epoch)', ['NRM3033']],
    ['schedule: exponential(factor: 0.9)', ['NRM2201']],
    ['schedule: exponential(factor: 0.9, every: 1, per: epoch)', []],
    ['schedule: exponential(factor: 1, every: 1)', ['NRM3030']],
    ['schedule: polynomial(power: 2, final: 0.2)', ['NRM3306']],
    ['schedule: polynomial(power: 0)', ['NRM2205']],
    ['schedule: cosine(length: 3, per: epoch)', ['NRM3033']],
    ['schedule: cosine(length: 2, per: epoch)', []],
    ['schedule: cosine(length: 5, warmup: 5)', ['NRM3034']],
    ['schedule: cosine(warmup: 2, per: epoch)', ['NRM3033']],
    ['schedule: constant(warmup: 2, per: epoch)', []],
    ['schedule: constant(warmup: 3, per: epoch)', ['NRM3033']],
    ['schedule: cosine(per: epoch)', ['NRM3005']],
    ['schedule: step(per: epoch)', ['NRM3005']],
    ['schedule: one_cycle', []],
    ['schedule: one_cycle(rise: 30%)', []],
    ['schedule: one_cycle(warmup: 10)', ['NRM2202']],
    ['schedule: one_cycle(length: 3, per: epoch)', ['NRM3033']],
    ['schedule: reduce_on_plateau', []],
    ['schedule: reduce_on_plateau(patience: 0)', ['NRM2205']],
    ['schedule: reduce_on_plateau(factor: 2)', ['NRM3030']],
    ['schedule: reduce_on_plateau(min: 0.1)', ['NRM3306']],
    ['schedule: cosine(final: 0.1)', ['NRM3306']],
    ['last: dropped', ['NRM3204']],
    ['seed: -1', ['NRM3204']],
    ['seed: 4294967296', ['NRM3204']],
    ['metrics: accuracy', []],
    ['metrics: [accuracy, accuracy]', ['NRM3203']],
    ['metrics: [acuracy]', ['NRM3204']],
    ['metrics: [precision]', []],
    ['policy: [P, Q(rate: 0.1)]', []],
    ['policy: 3', ['NRM3204']],
    ['start: "w.safetensors"', []],
    ['start: w', ['NRM3204']],
    ['learning_rate: 0.1', ['NRM3201']],
  ])('and %s', (setting, expected) => {
    expect(codes(text(setting))).toEqual(expected);
  });

  test('says everything that is missing at once', () => {
    expect(codes(`${text('')} train u { data: D }`)).toEqual(['NRM3202']);
  });
});

describe('data', () => {
  const data = (body: string): readonly string[] => codes(`data D { ${body} }`);
  const fields = 'fields { image: float32[8, 8, 1]  label: class(4) }';
  test.each([
    [`source: idx("d")  ${fields}`, []],
    [fields, ['NRM3202']],
    ['source: idx("d")', ['NRM3202']],
    [`source: idx("d")  ${fields}  validation: 100%`, ['NRM3204']],
    [`source: idx("d")  ${fields}  validation: 10`, ['NRM3204']],
    [`source: idx("d")  ${fields}  augment: [flip]`, ['NRM2802']],
    ['source: idx("d")  fields { image: float32[8, 0, 1]  label: class(4) }', ['NRM2014']],
    ['source: idx("d")  fields { image: float32[8, 8, C]  label: class(4) }', ['NRM2014']],
    ['source: idx("d")  fields { image: float32[8, 8, 1]  label: class(1) }', ['NRM3204']],
    ['source: idx("d")  fields { image: float32[8, 8, 1]  image: class(4) }', ['NRM3203']],
    ['source: idx("d")  fields { image: float32[8, 8, 1]  update: class(4) }', ['NRM2013']],
  ])('%s', (body, expected) => {
    expect(data(body)).toEqual(expected);
  });
});

test('a plateau of the validation loss needs a validation part; that of the loss does not', () => {
  const without = (schedule: string): readonly string[] => codes(text(schedule).replace('validation: 10%', ''));
  expect(without('schedule: reduce_on_plateau')).toEqual(['NRM3035']);
  expect(without('schedule: reduce_on_plateau(monitor: loss)')).toEqual([]);
});

test('what is missing is offered by the names of the file', () => {
  const { tree } = parse(text('').replace('network: Net  data: D ', ''), 'spec.nrm');
  expect(checkTrain(tree, 't').diagnostics.map((d) => [d.code, d.help])).toEqual([['NRM3202', 'add `network: Net`']]);
});

test('batch norm of one sample: of features an error, of images a warning', () => {
  const of = (body: string): string =>
    text('').replace('batch: 16', 'batch: 1').replace('flatten  dense(6)  norm  act', body);
  expect(codes(of('flatten  dense(6)  norm  act'))).toEqual(['NRM3308']);
  expect(codes(of('conv(2, kernel: 3)  norm  act  flatten'))).toEqual(['NRM6004']);
});

describe('several inputs and outputs', () => {
  const many = (
    loss: string,
    fields = 'left: float32[4, 4, 1]  right: float32[4, 6, 1]  form: class(3)  label: class(4)',
  ) => `
network Net with P {
  input left: float32[H, 4, 1]
  input right: float32[H, W, 1]
  concat { | from left  flatten | from right  flatten } as both
  output form: dense(3)
  from both
  output label: dense(4)
}
policy P {}
data D { source: idx("d")  fields { ${fields} } }
train t { network: Net  data: D  loss: ${loss}  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2 }
`;

  test('each output has the loss that names it, and the field of its name', () => {
    for (const loss of ['cross_entropy', '{ label: cross_entropy  form: cross_entropy }']) {
      const { losses, model } = trainOf(many(loss), 't');
      expect(losses.map((l) => [l.output, l.target, l.loss.def.name])).toEqual([
        ['form', 'form', 'cross_entropy'],
        ['label', 'label', 'cross_entropy'],
      ]);
      expect(model.inputs.map((i) => i.type.shape)).toEqual([
        ['N', 4, 4, 1],
        ['N', 4, 6, 1],
      ]);
    }
  });

  test.each([
    ['{ label: cross_entropy }', ['NRM3309']],
    ['{ }', ['NRM3309']],
    ['{ label: cross_entropy  form: cross_entropy  label: cross_entropy }', ['NRM3203']],
    ['{ label: cross_entropy  from: cross_entropy }', ['NRM3307']],
    ['{ label: cross_entropy  form: hinge_loss }', ['NRM3204']],
  ])('loss: %s', (loss, expected) => {
    expect(codes(many(loss))).toEqual(expected);
  });

  test('the nearest output is offered', () => {
    const { tree } = parse(many('{ label: cross_entropy  fork: cross_entropy }'), 'spec.nrm');
    expect(checkTrain(tree, 't').diagnostics.map((d) => [d.code, d.help])).toEqual([
      ['NRM3307', 'did you mean `form`?'],
    ]);
  });

  test.each([
    ['left: float32[4, 4, 1]  right: float32[4, 6, 1]  form: class(3)  labels: class(4)', ['NRM3310']],
    ['left: float32[4, 4, 1]  right: float32[5, 6, 1]  form: class(3)  label: class(4)', ['NRM3311']],
    ['left: float32[4, 4, 1]  right: float32[4, 6, 2]  form: class(3)  label: class(4)', ['NRM3302']],
    ['left: float32[4, 4, 1]  right: float32[4, 6]  form: class(3)  label: class(4)', ['NRM3302']],
    ['left: float32[4, 4, 1]  form: class(3)  label: class(4)', ['NRM3301']],
    ['left: float32[4, 4, 1]  right: float32[4, 6, 1]  form: class(5)  label: class(4)', ['NRM3303']],
    ['left: float32[4, 4, 1]  right: float32[4, 6, 1]  form: float32[3]  label: class(4)', []],
    ['left: float32[4, 4, 1]  right: float32[4, 6, 1]  form: float32[2]  label: class(4)', ['NRM3260']],
    // More fields than the network asks for.
    ['left: float32[4, 4, 1]  right: float32[4, 6, 1]  form: class(3)  label: class(4)  more: class(2)', []],
  ])('fields: %s', (fields, expected) => {
    expect(codes(many('cross_entropy', fields))).toEqual(expected);
  });

  test('a single output takes the only field that is left; of several the one of its name', () => {
    const single = (fields: string, output = 'dense(4)'): string => `
network Net { input image: float32[8]  ${output} }
data D { source: idx("d")  fields { image: float32[8]  ${fields} } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2 }
`;
    const target = (text: string) => trainOf(text, 't').losses.map((l) => l.target);
    expect(target(single('kind: class(4)'))).toEqual(['kind']);
    expect(target(single('kind: class(4)  label: class(4)', 'output label: dense(4)'))).toEqual(['label']);
    expect(codes(single('kind: class(4)  label: class(4)'))).toEqual(['NRM3310']);
    expect(codes(single(''))).toEqual(['NRM3310']);
  });

  test('sizes of the data are in the types of inputs and nowhere else', () => {
    const text = `
network Net { input image: float32[height, width, 1]  conv(2, kernel: 3, stride: 2)  conv(height, kernel: 1)  global_avgpool  dense(3) }
data D { source: idx("d")  fields { image: float32[8, 6, 1]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2 }
`;
    // What arrives at the second convolution is 4 high.
    expect(trainOf(text, 't').model.layers.map((l) => l.output.shape)).toEqual([
      ['N', 4, 3, 2],
      ['N', 4, 3, 4],
      ['N', 4],
      ['N', 3],
    ]);
  });

  test('the resolved spec says the same once more', () => {
    const train = trainOf(many('cross_entropy'), 't');
    const resolved = resolvedSpec(train);
    expect(resolved).toContain('form: cross_entropy');
    expect(resolvedSpec(trainOf(resolved, 't'))).toBe(resolved);
  });
});
