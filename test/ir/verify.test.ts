/** A graph that keeps the law, and one change for each way of breaking it. */
import { describe, expect, test } from 'vitest';
import { parseGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';

const model = `graph Net model (%image: f32[N,4,4,2]) {
  param @conv1.kernel : f32[3,3,2,4] = glorot_uniform {fanIn=18 fanOut=36}
  param @norm1.gamma : f32[4] = ones
  state @norm1.mean : f32[4] = zeros
  state @norm1.variance : f32[4] = ones
  %conv1 = conv2d %image @conv1.kernel _ {stride=[2,2]} : f32[N,2,2,4]  !conv1
  %norm1 = batchNorm %conv1 @norm1.gamma _ @norm1.mean @norm1.variance {epsilon=0.001 momentum=0.9} : f32[N,2,2,4]  !norm1
  %drop1 = dropout %norm1 {rate=0.3 stream="drop1"} : f32[N,2,2,4]  !drop1
  return output=%drop1
}`;

const train = `graph Net train (%image: f32[N,4], %label: i32[N], %random: host) {
  param @dense1.kernel : f32[4,3] = glorot_uniform {fanIn=4 fanOut=3}
  state @norm1.mean : f32[3] = zeros
  %dense1 = dense %image @dense1.kernel _ : f32[N,3]  !dense1
  %norm1 %norm1.variance %norm1.mean = normalizeTrain %dense1 _ _ {epsilon=0.001} : f32[N,3] f32[3] f32[3]  !norm1
  updateMoving @norm1.mean %norm1.mean {momentum=0.9}  !norm1
  %drop1 %drop1.mask = dropoutTrain %norm1 %random {rate=0.3 stream="drop1"} : f32[N,3] f32[N,3]  !drop1
  %loss = softmaxCrossEntropy %drop1 %label : f32[]
  %l2 = l2 @dense1.kernel {lambda=0.1} : f32[]
  return loss=%loss penalty=%l2
}`;

const step = `graph Net step (%image: f32[N,4], %label: i32[N], %update: host) {
  param @dense1.kernel : f32[4,3] = glorot_uniform {fanIn=4 fanOut=3}
  slot @dense1.kernel.velocity : f32[4,3] = zeros
  %dense1 = dense %image @dense1.kernel _ : f32[N,3]  !dense1
  %loss = softmaxCrossEntropy %dense1 %label : f32[]
  %d.dense1 = softmaxCrossEntropyGrad %dense1 %label _ : f32[N,3]
  %d.dense1.kernel = matMul %image %d.dense1 {transposeA=true} : f32[4,3]  !dense1
  %clip = clipScale %d.dense1.kernel %d.dense1 {maxNorm=1} : f32[]
  %rate = constantSchedule %update {rate=0.1} : host
  sgdUpdate @dense1.kernel %d.dense1.kernel %rate @dense1.kernel.velocity {momentum=0.9}
  return loss=%loss
}`;

const infer = `graph Net infer (%image: f32[N,4]) {
  param @dense1.kernel : f32[4,3] = kaiming_normal {fan=4}
  %dense1 = dense %image @dense1.kernel _ : f32[N,3]  !dense1
  %drop1 = dropout %dense1 {rate=0.3 stream="drop1"} : f32[N,3]  !drop1
  return output=%drop1
}`;

const good = { model, train, step, infer };

test.each(Object.entries(good))('a graph of stage %s that keeps the law', (_, text) => {
  expect(verifyGraph(parseGraph(text))).toEqual([]);
});

test('a layer that is used twice moves its statistics twice', () => {
  const again = '  updateMoving @norm1.mean %norm1.variance {momentum=0.9}\n  return';
  expect(verifyGraph(parseGraph(train.replace('  return', again)))).toEqual([]);
});

/** [what is broken, a good graph, what is replaced in it, by what, part of what is said] */
type Break = readonly [law: string, of: keyof typeof good, from: string | RegExp, to: string, says: string];

const breaks: readonly Break[] = [
  ['every op is known', 'model', '= dropout', '= forget', '`forget` %drop1 is no op'],
  [
    'every op may stand in the stage',
    'infer',
    'graph Net infer',
    'graph Net train',
    '`dropout` %drop1 may not stand in stage train',
  ],
  ['operands', 'infer', '%image @dense1.kernel _', '%image', '`dense` %dense1 lacks its operand kernel'],
  ['operands', 'infer', '%image @dense1.kernel _', '_ @dense1.kernel', '`dense` %dense1 lacks its operand x'],
  [
    'operands',
    'infer',
    '@dense1.kernel _',
    '@dense1.kernel _ _',
    '`dense` %dense1 has 4 operands, at most 3 are known',
  ],
  ['operands', 'step', '%d.dense1.kernel %d.dense1 {', '%d.dense1.kernel _ {', 'leaves out one of a row of operands'],
  ['attributes', 'model', 'stride=[2,2]', 'steps=[2,2]', 'has an attribute steps that the op does not have'],
  ['attributes', 'model', 'stride=[2,2]', 'stride=2', 'has stride=2, which the op does not take'],
  ['attributes', 'model', 'rate=0.3 ', '', 'has rate=null, which the op does not take'],
  [
    'storage',
    'infer',
    'param @dense1.kernel',
    'slot @dense1.kernel',
    '@dense1.kernel is a slot, which stage infer does not have',
  ],
  [
    'storage',
    'infer',
    'f32[4,3] = kaiming',
    'f32[4,N] = kaiming',
    '@dense1.kernel is f32[4,N], not float32 of known sizes',
  ],
  ['storage', 'infer', 'kaiming_normal {fan=4}', 'best', '@dense1.kernel begins as best, which is not known'],
  ['storage', 'infer', '{fan=4}', '{fanOut=4}', '@dense1.kernel begins as kaiming_normal with {fanOut}'],
  ['host values', 'infer', '(%image', '(%update: host, %image', '%update is a host value'],
  ['host values', 'train', /%random/g, '%luck', '%luck is a host value'],
  ['host values', 'train', '%label: i32[N]', '%label: i32[N], %updates: f32[]', '%updates is the name of a host value'],
  ['defined once', 'model', '%norm1 = batch', '%conv1 = batch', '%conv1 is defined twice'],
  ['defined once', 'model', '(%image', '(@image: f32[], %image', '@image should begin with %'],
  ['defined once', 'model', '%conv1 = conv2d', '@conv1 = conv2d', '@conv1 should begin with %'],
  [
    'defined once',
    'model',
    'conv2d %image',
    'conv2d %drop1',
    '`conv2d` %conv1 reads %drop1, which is not defined before it',
  ],
  ['defined once', 'model', 'output=%drop1', 'output=%drop2', 'output output is %drop2, which is not defined'],
  [
    'types',
    'model',
    'f32[N,2,2,4]  !conv1',
    'f32[N,2,2,5]  !conv1',
    'gives f32[N,2,2,5], the shape rule says f32[N,2,2,4]',
  ],
  ['types', 'model', 'f32[3,3,2,4] = ', 'f32[3,3,1,4] = ', 'is refused: `conv` expects 1 input channels, found 2'],
  ['types', 'train', 'f32[N,3] f32[3] f32[3]', 'f32[N,3] f32[3] i32[3]', 'the shape rule says f32[N,3] f32[3] f32[3]'],
  [
    'types',
    'train',
    /%drop1 %drop1.mask = (.*) f32\[N,3\] {2}!drop1/,
    '%drop1 = $1  !drop1',
    'the shape rule says f32[N,3] f32[N,3]',
  ],
  [
    'written',
    'train',
    'updateMoving @norm1.mean',
    'updateMoving %norm1.variance',
    '`updateMoving` writes %norm1.variance, which is not storage',
  ],
  [
    'written',
    'step',
    '  return',
    '  sgdUpdate @dense1.kernel %d.dense1.kernel %rate _\n  return',
    '`sgdUpdate` writes @dense1.kernel after it was written',
  ],
  [
    'written',
    'train',
    '%l2 = l2 @dense1.kernel',
    '%l2 = l2 @norm1.mean',
    '`l2` %l2 reads @norm1.mean after it was written',
  ],
  [
    'written',
    'step',
    'return loss=%loss',
    'return loss=%loss penalty=@dense1.kernel',
    'output penalty reads @dense1.kernel after it was written',
  ],
  ['outputs', 'model', 'output=%drop1', 'output=%drop1 output=%conv1', 'there are two outputs output'],
  ['an output', 'infer', 'return output=%drop1', 'return', 'there is no output'],
  ['loss', 'train', 'return loss=%loss', 'return', 'there is no output loss'],
  ['loss', 'train', 'return loss=', 'return error=', 'output error is neither loss nor penalty'],
  ['loss', 'train', 'loss=%loss', 'loss=%drop1', 'output loss is no scalar'],
];

describe('a broken law is named', () => {
  test.each(breaks)('%s (%s: %s → %s)', (_, of, from, to, says) => {
    const text = good[of].replace(from, to);
    expect(text).not.toBe(good[of]);
    const broken = verifyGraph(parseGraph(text));
    expect(broken.join('\n')).toContain(says);
  });
});
