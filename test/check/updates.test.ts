/** Clips, constraints, priors and rates of groups: what is accepted, what is refused, what is explained, what is printed again. */
import { describe, expect, test } from 'vitest';
import { updateOf } from '../../src/check/explain/update.ts';
import { checkNetwork, checkTrain, resolvedSpec, setText } from '../../src/check/index.ts';
import { recipeOf } from '../../src/lower/train.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, diagnose, model, spec, spoken, trainOf, weight } from './support.ts';

const body = 'conv(4, kernel: 3)  act  flatten  dense(6)  act  out: dense(3)';
const net = (policy: string): string => spec(body, `act: relu  ${policy}`);
const trained = (policy: string, more = 'loss: cross_entropy', fields = 'label: class(3)', layers = body): string => `
${spec(layers, `act: relu  ${policy}`)}
data D { source: idx("d")  fields { image: float32[12, 12, 3]  ${fields} } }
train t { network: Net  data: D  optimizer: sgd(rate: 0.1)  batch: 4  epochs: 1  ${more} }
`;
const first = (text: string) => diagnose(text)[0];

describe('clips', () => {
  test.each([
    'value(0.5)',
    'norm(1)',
    'global_norm(1)',
    'adaptive',
    'adaptive(0.02)',
    'adaptive(lambda: 0.02, eps: 1e-2)',
    'dynamic(1.0, 0.1)',
    'dynamic(alpha: 1.0, beta: 0.1)',
    'dynamic(alpha: 0, beta: 0.1)',
  ])('%s', (clip) => {
    expect(codes(net(`gradient { clip: ${clip} }`))).toEqual([]);
    expect(codes(net(`conv?, dense? { penalty: l2(1e-4) }  gradient { clip: ${clip}  of: total }`))).toEqual([]);
  });

  test.each([
    ['value(0)', '`max` of `value` takes a number above 0, found 0'],
    ['value(-1)', '`max` of `value` takes a number above 0, found -1'],
    ['norm(0)', '`norm` of `norm` takes a number above 0, found 0'],
    ['adaptive(-0.1)', '`lambda` of `adaptive` takes a number above 0, found -0.1'],
    ['adaptive(eps: 0)', '`eps` of `adaptive` takes a number above 0, found 0'],
    ['dynamic(alpha: 1, beta: -0.1)', '`beta` of `dynamic` takes a number from 0, found -0.1'],
    ['dynamic(alpha: -1, beta: 0.1)', '`alpha` of `dynamic` takes a number from 0, found -1'],
    ['dynamic(alpha: 1)', '`dynamic` needs `beta`'],
    ['dynamic(0, 0)', '`dynamic`: with `alpha` and `beta` both 0'],
  ])('%s is refused', (clip, said) => {
    const found = diagnose(net(`gradient { clip: ${clip} }`));
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(said);
  });

  test('both 0 is NRM3020', () => {
    expect(codes(net('gradient { clip: dynamic(0, 0) }'))).toEqual(['NRM3020']);
  });

  test('what is clipped', () => {
    expect(spoken(net('gradient { clip: norm(1)  of: totl }'))[0]).toContain('NRM3009');
    expect(first(net('gradient { clip: norm(1)  of: totl }'))?.help).toContain('`total`');
    expect(spoken(net('gradient { of: total }'))).toEqual([
      'NRM3005 `of: total` does nothing: nothing is clipped | of: total',
    ]);
    expect(spoken(net('gradient { clip: norm(1)  of: total }'))).toEqual([
      'NRM3005 `of: total` does nothing: no rule adds a penalty or a prior, so the gradient of the loss is all there is | of: total',
    ]);
    // A clip that another policy takes away leaves `of` behind.
    expect(
      codes(
        `${net('conv?, dense? { penalty: l2(1e-4) }  gradient { clip: norm(1)  of: total }')} policy Q extends P { gradient { clip: none } } network M with Q { input image: float32[8, 8, 3]  conv(1, kernel: 1)  act }`,
      ),
    ).toEqual([]);
  });

  test('the last layer with weights is left out of adaptive clipping', () => {
    const last = (layers: string) => [
      ...(recipeOf(trainOf(trained('gradient { clip: adaptive }', undefined, undefined, layers), 't')).clip?.last ??
        []),
    ];
    expect(last(body)).toEqual(['@out.kernel', '@out.bias']);
    // By a second application it is the first that owns them.
    expect(last('global_avgpool  head: dense(3)  act  again head')).toEqual(['@head.kernel', '@head.bias']);
    expect(codes(net('gradient { clip: adaptive(last: true) }'))).toEqual(['NRM6020']);
  });
});

describe('constraints', () => {
  test.each([
    'max_norm(3)',
    'max_norm(3, axis: 0)',
    'max_norm(3, axis: [0, 1])',
    'unit_norm',
    'non_neg',
    'ball(l2: 3)',
    'ball(l1: 3)',
  ])('%s', (constraint) => {
    expect(codes(net(`conv, dense { constraint: ${constraint} }`))).toEqual([]);
    expect(
      weight(model(net(`conv, dense { constraint: ${constraint} }`), 'Net'), 'conv1.kernel').constraint?.def.name,
    ).toBe(constraint.replace(/\(.*/, ''));
  });

  test.each([
    ['max_norm(0)', '`max` of `max_norm` takes a number above 0, found 0'],
    ['max_norm(-3)', '`max` of `max_norm` takes a number above 0, found -3'],
    ['max_norm(3, axis: -1)', '`axis` of `max_norm`'],
    ['max_norm(3, axis: [0, 0])', '`axis` of `max_norm`'],
    ['ball(l2: 0)', '`l2` of `ball` takes a number above 0, found 0'],
    ['ball', '`ball`: it needs a radius'],
    ['ball(l1: 1, l2: 1)', '`ball`: it takes one radius'],
    ['maxnorm(3)', '`constraint`'],
  ])('%s is refused', (constraint, said) => {
    const found = diagnose(net(`conv { constraint: ${constraint} }`));
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(said);
  });

  test('an axis that a weight does not have is named once it is known what is selected', () => {
    expect(spoken(net('conv, dense { constraint: max_norm(3, axis: 2) }'))[0]).toBe(
      'NRM3021 `max_norm` goes over axis 2, which `dense1.kernel` [576, 6] does not have | constraint: max_norm(3, axis: 2)',
    );
  });

  test('on a layer they mean its kernel; other weights are named; frozen ones have none', () => {
    const built = model(
      net(
        'conv { constraint: non_neg }  dense { trainable: false }  out.bias { constraint: unit_norm  trainable: true }',
      ),
      'Net',
    );
    const names = built.layers.flatMap((l) => l.weights).flatMap((w) => (w.constraint === null ? [] : [w.name]));
    expect(names).toEqual(['conv1.kernel', 'out.bias']);
    expect(codes(net('dense1 { trainable: false  constraint: non_neg }'))).toEqual(['NRM3012']);
    expect(codes(net('conv { constraint: none }'))).toEqual(['NRM3005']);
  });

  test('a ball is of all weights that its rule reaches, and of no others', () => {
    const of = (policy: string) => recipeOf(trainOf(trained(policy), 't')).constraints.map((c) => c.parameters);
    expect(of('conv, dense { constraint: ball(l2: 3) }')).toEqual([['@conv1.kernel', '@dense1.kernel', '@out.kernel']]);
    expect(of('conv { constraint: ball(l2: 3) }  dense { constraint: ball(l2: 3) }')).toEqual([
      ['@conv1.kernel'],
      ['@dense1.kernel', '@out.kernel'],
    ]);
    expect(of('conv, dense { constraint: ball(l2: 3) }  out { constraint: max_norm(2) }')).toEqual([
      ['@conv1.kernel', '@dense1.kernel'],
      ['@out.kernel'],
    ]);
    expect(of('conv, dense { constraint: max_norm(3) }')).toHaveLength(3);
  });
});

describe('priors', () => {
  const gaussian = 'dense { prior: gaussian(sigma: 0.5) }';
  test('are penalties of a likelihood', () => {
    expect(codes(trained(gaussian))).toEqual([]);
    expect(codes(trained('dense { prior: laplace(scale: 0.5) }'))).toEqual([]);
    // Without a train there is no loss to ask.
    expect(codes(net(gaussian))).toEqual([]);
  });

  test.each([
    ['gaussian', '`gaussian` needs `sigma`'],
    ['gaussian(sigma: 0)', '`sigma` of `gaussian` takes a number above 0, found 0'],
    ['gaussian(sigma: -1)', '`sigma` of `gaussian` takes a number above 0, found -1'],
    ['gaussian(sigma: 1, noise: 0)', '`noise` of `gaussian` takes a number above 0, found 0'],
    ['laplace(scale: 0)', '`scale` of `laplace` takes a number above 0, found 0'],
    ['gauss(sigma: 1)', '`prior`'],
  ])('%s is refused', (prior, said) => {
    const found = diagnose(net(`dense { prior: ${prior} }`));
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(said);
  });

  test('other losses refuse them', () => {
    expect(spoken(trained(gaussian, 'loss: hinge'))[0]).toContain(
      'NRM3022 a prior needs a loss that is the negative logarithm of a likelihood; `hinge` is none',
    );
    expect(codes(trained(gaussian, 'loss: cross_entropy(weights: [1, 2, 1])'))).toEqual(['NRM3022']);
    expect(codes(trained(gaussian, 'loss: cross_entropy(label_smoothing: 0.1)'))).toEqual(['NRM3022']);
  });

  test('a mean squared error needs the noise of its targets, other losses have no use for it', () => {
    const regression = (policy: string) => trained(policy, 'loss: mean_squared_error', 'tone: float32[3]');
    expect(codes(regression(gaussian))).toEqual(['NRM3023']);
    expect(codes(regression('dense { prior: gaussian(sigma: 0.5, noise: 0.1) }'))).toEqual([]);
    expect(codes(trained('dense { prior: gaussian(sigma: 0.5, noise: 0.1) }'))).toEqual(['NRM3023']);
  });

  test('several outputs must be means over as many values', () => {
    const two = (mask: string) => `
network Net with P { input image: float32[12, 12, 3]  conv(4, kernel: 3)  act  as x  output mask: ${mask}  from x  flatten  output label: dense(3) }
policy P { act: relu  ${gaussian} }
data D { source: idx("d")  fields { image: float32[12, 12, 3]  mask: float32[12, 12, 1]  label: class(3) } }
train t { network: Net  data: D  loss: { mask: binary_crossentropy  label: cross_entropy }  optimizer: sgd(rate: 0.1)  batch: 4  epochs: 1 }
`;
    expect(codes(two('conv(1, kernel: 1)'))).toEqual(['NRM3024']);
  });

  test('with a penalty or a decay on the same weight they shrink it twice', () => {
    expect(spoken(trained('dense { prior: gaussian(sigma: 0.5)  decay: 1e-3 }'))[0]).toContain(
      'NRM6003 `dense1.kernel` and 1 more have a prior and a decay',
    );
    expect(codes(trained('dense { prior: gaussian(sigma: 0.5)  penalty: l2(1e-3) }'))).toEqual(['NRM6003']);
    expect(codes(trained('dense { prior: laplace(scale: 0.5)  decay: 1e-3 }'))).toEqual([]);
  });
});

describe('groups of rates', () => {
  test('a factor reaches all weights of what is selected', () => {
    const { rateScale } = recipeOf(trainOf(trained('conv { rate_scale: 0.1 }  out.bias { rate_scale: 2 }'), 't'));
    expect([...rateScale]).toEqual([
      ['@conv1.kernel', 0.1],
      ['@conv1.bias', 0.1],
      ['@out.bias', 2],
    ]);
  });
  test.each(['0', '-1', 'slow', '"0.1"'])('%s is refused', (value) => {
    expect(codes(net(`conv { rate_scale: ${value} }`))).toEqual(['NRM3009']);
  });
  test('0 leads to freezing', () => {
    expect(first(net('conv { rate_scale: 0 }'))?.help).toContain('`trainable: false`');
  });
  test('on a frozen weight it has no effect', () => {
    expect(codes(net('conv { trainable: false  rate_scale: 0.1 }'))).toEqual(['NRM3012']);
  });
});

describe('the resolved spec', () => {
  const everything =
    'conv { constraint: max_norm(3, axis: [2, 3])  prior: gaussian(sigma: 0.5)  rate_scale: 0.1 }  dense { constraint: ball(l1: 30) }  gradient { clip: dynamic(alpha: 1, beta: 0.1)  of: total }';
  const recipeOfText = (text: string) => {
    const { train } = checkTrain(parse(text, 'r.nrm').tree, 't');
    return train === null ? null : { recipe: recipeOf(train), spec: resolvedSpec(train) };
  };

  test('says all of it again', () => {
    const text = resolvedSpec(trainOf(trained(everything), 't'));
    expect(text).toContain('constraint: max_norm(3, axis: [2, 3])');
    expect(text).toContain('constraint: ball(l1: 30)');
    expect(text).toContain('of: total');
    const again = recipeOfText(text);
    expect(again?.recipe).toEqual(recipeOf(trainOf(trained(everything), 't')));
    expect(again?.spec).toBe(text);
  });

  test('keeps weights together that an override binds, and apart those of two', () => {
    const { tree } = parse(trained('conv, dense { constraint: max_norm(3) }'), 'spec.nrm');
    const set = ['policy.conv.constraint=ball(l2: 3)', 'policy.dense.constraint=ball(l2: 3)'];
    const { train, diagnostics } = checkTrain(tree, 't', { set });
    if (train === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
    const groups = [['@conv1.kernel'], ['@dense1.kernel', '@out.kernel']];
    expect(recipeOf(train).constraints.map((c) => c.parameters)).toEqual(groups);
    const again = recipeOfText(resolvedSpec(train));
    expect(again?.recipe.constraints.map((c) => c.parameters)).toEqual(groups);
    expect(setText).toBeDefined();
  });

  test('sections are set from outside', () => {
    const { tree } = parse(trained('gradient { clip: norm(1) }'), 'spec.nrm');
    const { train } = checkTrain(tree, 't', {
      set: ['policy.gradient.of=total', 'policy.gradient.clip=dynamic(1, 0.1)'],
    });
    expect(train && recipeOf(train).clip).toMatchObject({ of: 'total', args: { alpha: 1, beta: 0.1 } });
    expect(checkNetwork(tree, 'Net').model?.sections.gradient.of).toBeUndefined();
  });
});

describe('explained', () => {
  /** The update of a weight, line by line, with the remarks. */
  function updateOfWeight(policy: string, name: string, more?: string, fields?: string): readonly string[] {
    const train = trainOf(trained(policy, more, fields), 't');
    const found = weight(train.model, name);
    return updateOf(found, train.model, train).steps.map((s) => (s.note === null ? s.text : `${s.text} | ${s.note}`));
  }

  test('a prior is a penalty whose weight is said as a formula', () => {
    expect(updateOfWeight('dense { prior: gaussian(sigma: 0.5) }', 'out.kernel')[1]).toBe(
      'g ← g + 2·λ·w | prior: gaussian(sigma: 0.5) is penalty: l2(λ); λ = 1/(2·0.5²·N) = 2/N; N: the samples to train with',
    );
    const limited = trained('dense { prior: gaussian(sigma: 0.5) }').replace(
      'data D {',
      'data D { limit: 1000  validation: 20%',
    );
    const { model: of, ...train } = trainOf(limited, 't');
    expect(updateOf(weight(of, 'out.kernel'), of, train).steps[1]?.note).toContain(
      'λ = 1/(2·0.5²·N) = 0.0025; N = 800, the samples to train with',
    );
    const regression = updateOfWeight(
      'dense { prior: laplace(scale: 0.5, noise: 0.1) }',
      'out.kernel',
      'loss: mean_squared_error',
      'tone: float32[3]',
    );
    expect(regression[1]).toContain('λ = 2·0.1²/(0.5·N)/3 = 0.0133333333333/N');
    expect(regression[1]).toContain('the loss is a mean over 3 values of a sample');
  });

  test('of the total, the penalty comes before the clip', () => {
    const lines = (of: string) =>
      updateOfWeight(`dense { penalty: l2(0.1) }  gradient { clip: value(0.5)  ${of} }`, 'dense1.kernel').map(
        (l) => l.split(' |')[0],
      );
    expect(lines('').slice(1, 3)).toEqual(['g ← max(−0.5, min(0.5, g))', 'g ← g + 2·0.1·w']);
    expect(lines('of: total').slice(1, 3)).toEqual(['g ← g + 2·0.1·w', 'g ← max(−0.5, min(0.5, g))']);
  });

  test('the last layer is not clipped by adaptive clipping; a constraint comes last; a factor stands with the rate', () => {
    const policy = 'dense { constraint: max_norm(3)  rate_scale: 0.5 }  gradient { clip: adaptive }';
    expect(updateOfWeight(policy, 'out.kernel').some((l) => l.includes('adaptive'))).toBe(false);
    const lines = updateOfWeight(policy, 'dense1.kernel');
    expect(lines.some((l) => l.includes('adaptive'))).toBe(true);
    expect(lines.at(-2)).toBe('w ← w − 0.5·rate·g | sgd, rate_scale: 0.5');
    expect(lines.at(-1)).toContain('w ← w·min(1, 3/‖w‖) | constraint: max_norm(3)');
  });
});
