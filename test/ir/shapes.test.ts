/** What shape rules refuse, op by op: graphs read from text or made by a pass may hold anything. */
import { describe, expect, test } from 'vitest';
import type { AttrValues, Dim, Ref, ValueType } from '../../src/ir/graph.ts';
import { isFault } from '../../src/ir/op.ts';
import { isOpKind, ops } from '../../src/ir/ops/index.ts';

/** `4,3` is float32 [4, 3]; `i:N` is int32 [N]; `host` a host value; `_` an operand left out. */
function typeOf(text: string): ValueType | null {
  if (text === '_') return null;
  if (text === 'host') return { dtype: 'host', shape: [] };
  const [, int, dims = ''] = /^(i:)?(.*)$/.exec(text) ?? [];
  const shape = dims === '' ? [] : dims.split(',').map((d): Dim => (/^\d+$/.test(d) ? Number(d) : d));
  return { dtype: int === undefined ? 'float32' : 'int32', shape };
}

/** The shapes of the results, or the message of the refusal. */
function shapeOf(kind: string, operands: string, attrs: AttrValues): string {
  if (!isOpKind(kind)) throw new Error(`no op ${kind}`);
  const types = operands.split(' ').map(typeOf);
  const refs = types.map((type, i): Ref | null => (type === null ? null : `%${i}`));
  const found = ops[kind].erased.shape(
    { operands: refs, attrs },
    (ref) => types[Number(ref.slice(1))] ?? { dtype: 'host', shape: [] },
  );
  return isFault(found) ? found.fault(null, null).message : found.map((t) => `[${t.shape.join(',')}]`).join(' ');
}

const refused = 'op `%` expects';

describe('operands that do not belong together', () => {
  test.each<[string, string, AttrValues, string]>([
    ['conv2d', 'N,8,8,3 3,3,4 _', {}, `${refused} a kernel [height, width, channels, filters], found [3, 3, 4]`],
    ['conv2d', 'N,8,8,3 3,3,3,4 5', {}, `${refused} a bias [4], found [5]`],
    ['conv2dInputGrad', 'N,8,8,4 3,3,3,4', { height: 9, width: 8 }, `${refused} dy [N, 9, 8, 4], found [N, 8, 8, 4]`],
    ['conv2dKernelGrad', 'N,8,8,3 N,4,8,4', { size: [3, 3] }, `${refused} dy [N, 8, 8, 4], found [N, 4, 8, 4]`],
    ['dense', 'N,4 4,3,2 _', {}, `${refused} a kernel [features, units], found [4, 3, 2]`],
    ['dense', 'N,4 4,3 2', {}, `${refused} a bias [3], found [2]`],
    ['dense', 'N,4 5,3 _', {}, '`dense` expects 5 input channels, found 4'],
    ['matMul', 'N,4,2 4,3', {}, `${refused} a matrix, found [N, 4, 2]`],
    ['matMul', 'N,4 4', {}, `${refused} a matrix, found [4]`],
    ['matMul', 'N,4 3,4', {}, `${refused} 4 rows to multiply 4 columns with, found [3, 4]`],
    ['sum', 'N,4', { axes: [2] }, `${refused} a value with the axes [2], each once, found [N, 4]`],
    ['sum', 'N,4', { axes: [1, 1] }, `${refused} a value with the axes [1, 1], each once, found [N, 4]`],
    [
      'maxPoolGrad',
      'N,3,4,2 N,8,8,2 N,4,4,2',
      { size: [2, 2], stride: [2, 2] },
      `${refused} dy [N, 4, 4, 2], found [N, 3, 4, 2]`,
    ],
    [
      'maxPoolGrad',
      'N,4,4,2 N,8,8,2 N,8,8,2',
      { size: [2, 2], stride: [2, 2] },
      `${refused} y [N, 4, 4, 2], found [N, 8, 8, 2]`,
    ],
    [
      'avgPoolGrad',
      'N,3,4,2',
      { size: [2, 2], stride: [2, 2], height: 8, width: 8 },
      `${refused} dy [N, 4, 4, 2], found [N, 3, 4, 2]`,
    ],
    [
      'avgPoolGrad',
      'N,4,4,2',
      { size: [2, 2], stride: [2, 2] },
      `${refused} a height and a width, or a value of that size, found [N, 4, 4, 2]`,
    ],
    [
      'avgPoolGrad',
      'N,4,4,2 N,8,8,3',
      { size: [2, 2], stride: [2, 2] },
      `${refused} a value [N, height, width, 2] alone to tell the size, found [N, 8, 8, 3]`,
    ],
    ['conv2dInputGrad', 'N,H,8,4 3,3,3,4 N,W,8,3', {}, `${refused} dy [N, W, 8, 4], found [N, H, 8, 4]`],
    ['globalAvgPoolGrad', 'N,4,4', { height: 2, width: 2 }, `${refused} dy [N, channels], found [N, 4, 4]`],
    ['globalAvgPoolGrad', 'N,4 M,2,2,4', {}, `${refused} dy [M, 4], found [N, 4]`],
    ['concat', 'N,4,3 N,5,3', {}, `${refused} a value [N, 4, …], found [N, 5, 3]`],
    ['concat', '', {}, `${refused} a value […], found []`],
    ['concat', 'N,T N,3', {}, '`concat` needs a number of channels, found `T` in [N, T]'],
    ['slice', 'N,4', { from: 3, size: 2 }, `${refused} a last axis of 5 at least, found [N, 4]`],
    ['reshape', 'N,4', { shape: [5] }, `${refused} 5 values a sample, found [N, 4]`],
    ['reshape', 'N,T,4', { shape: [8, -1] }, `${refused} a multiple of 8 values a sample, found [N, T, 4]`],
    ['reshape', 'N,T,4', { shape: [-1, -1] }, `${refused} a multiple of 1 values a sample, found [N, T, 4]`],
    ['reshape', 'N,T,4 N,2,T,4', {}, `${refused} a value with as many values a sample, found [N, 2, T, 4]`],
    ['activation', 'i:N', { fn: 'relu' }, `${refused} a float32 value, found [N]`],
    ['activationGrad', 'N,3 _ _', { fn: 'relu' }, `${refused} y alone for \`relu\`, found [N, 3]`],
    ['activationGrad', 'N,3 N,3 N,3', { fn: 'gelu' }, `${refused} x alone for \`gelu\`, found [N, 3]`],
    ['activationGrad', 'N,3 _ N,4', { fn: 'relu' }, `${refused} dy [N, 4], found [N, 3]`],
    ['batchNorm', 'N,3 4 _ _ _', {}, `${refused} one value for each of 3 channels, found [4]`],
    ['batchNorm', 'N,3 _ _ 3 _', {}, `${refused} a mean and a variance to normalize by, found [N, 3]`],
    ['normalizeTrain', 'N,3 _ 4', {}, `${refused} one value for each of 3 channels, found [4]`],
    ['normalize', 'N,3 _ _ 3', {}, `${refused} one learned epsilon, found [3]`],
    ['normalizeTrain', 'N,3 _ _ 3', {}, `${refused} one learned epsilon, found [3]`],
    [
      'normalize',
      'N,4,6',
      { over: 'sample', groups: 4 },
      `${refused} channels in 4 groups of a sample, found [N, 4, 6]`,
    ],
    ['normalize', 'N,4,6', { groups: 2 }, `${refused} channels in 2 groups of a sample, found [N, 4, 6]`],
    [
      'normalize',
      'N,4,6',
      { over: 'sample', slice: 2 },
      `${refused} slices of a batch, not of a sample, found [N, 4, 6]`,
    ],
    ['normalize', '3,4,6', { slice: 2 }, `${refused} slices of 2 samples, found [3, 4, 6]`],
    ['normalize', 'N,4,6', { over: 'position' }, `${refused} one group at a position, found [N, 4, 6]`],
    ['normalizeGrad', 'N,3 N,3 4 3', {}, `${refused} statistics [3], found [4]`],
    ['normalizeGrad', 'N,3 N,3 3', {}, `${refused} a mean where it is centred, and only there, found [N, 3]`],
    ['updateMoving', '3 2,2,3', {}, `${refused} a value [3], found [2, 2, 3]`],
    ['updateMoving', '3 3 N,4', {}, `${refused} the value that was normalized, found [N, 4]`],
    ['normalizeGrad', 'N,4 N,3 3 3 _', {}, `${refused} dy [N, 3], found [N, 4]`],
    ['updateMoving', '3 4', {}, `${refused} a value [3], found [4]`],
    ['dropout', 'i:N', {}, `${refused} a float32 value, found [N]`],
    ['dropoutTrain', 'i:N host', {}, `${refused} a float32 value, found [N]`],
    ['dropoutTrain', 'N,3 N', {}, `${refused} the random key of the step, found [N]`],
    ['noise', 'i:N', {}, `${refused} a float32 value, found [N]`],
    ['noiseTrain', 'i:N host', {}, `${refused} a float32 value, found [N]`],
    ['noiseTrain', 'N,3 N', {}, `${refused} the random key of the step, found [N]`],
    ['dropConnect', 'i:4,3 _', {}, `${refused} a float32 kernel, found [4, 3]`],
    ['dropConnect', '4,3 _', { per: 'sample' }, `${refused} the samples that masks are for, found [4, 3]`],
    ['dropConnectTrain', 'i:4,3 N,4 host', {}, `${refused} a float32 kernel and samples, found [4, 3]`],
    ['dropConnectTrain', '4,3 N,4 N', {}, `${refused} the random key of the step, found [N]`],
    ['denseEach', 'N,4,2 N,4,3', {}, `${refused} a value [N, features], found [N, 4, 2]`],
    ['denseEach', 'N,4 N,5,3', {}, `${refused} kernels [N, 4, units], found [N, 5, 3]`],
    ['denseEach', 'N,4 4,3', {}, `${refused} kernels [N, 4, units], found [4, 3]`],
    ['denseEach', 'N,4 N,4,3 4', {}, `${refused} a bias [3], found [4]`],
    ['denseEachInputGrad', 'N,4 N,4,3', {}, `${refused} dy [N, 3], found [N, 4]`],
    ['outerEach', 'N,4,2 N,3', {}, `${refused} a value [N, features], found [N, 4, 2]`],
    ['outerEach', 'N,4 M,3', {}, `${refused} a value [N, units], found [M, 3]`],
    ['sampledActivation', 'i:N N host', {}, `${refused} a float32 value, found [N]`],
    ['sampledActivation', 'N,3 N,3 N', {}, `${refused} a random key, found [N]`],
    ['sampledActivation', 'N,3 N,4 host', {}, `${refused} a variance [N, 3], found [N, 4]`],
    ['add', 'N,3 4', {}, `${refused} a shape that broadcasts with [N, 3], found [4]`],
    ['scale', 'i:N', { by: 2 }, `${refused} a float32 value, found [N]`],
    ['rsqrt', 'i:N', {}, `${refused} a float32 value, found [N]`],
    ['softmaxCrossEntropy', 'N,3 N', {}, `${refused} one int32 label a sample, or float32 shares [N, 3], found [N]`],
    [
      'softmaxCrossEntropyGrad',
      'N,3 i:M _',
      {},
      `${refused} one int32 label a sample, or float32 shares [N, 3], found [M]`,
    ],
    ['constantSchedule', '3', { rate: 1 }, `${refused} host values, found [3]`],
    ['adaptiveClip', '3 4', {}, `${refused} a gradient [3], found [4]`],
    ['dynamicClipScale', '2  3', { alpha: 1, beta: 1 }, `${refused} a mean [] and a count [], found [2]`],
    ['maxNorm', '3,2', { max: 1, axes: [2] }, `${refused} a weight with the axes [2], found [3, 2]`],
    ['unitNorm', '3', { axes: [0, 1] }, `${refused} a weight with the axes [0, 1], found [3]`],
    ['scaledRate', '3', { factor: 1 }, `${refused} the rate as a host value, found [3]`],
    ['l2', '3 4', { lambda: 1 }, `${refused} the samples as a host value, found [4]`],
    ['l1Grad', '3 _ 4', { lambda: 1 }, `${refused} the samples as a host value, found [4]`],
    ['sgdUpdate', '3 4 host _ _', {}, `${refused} a value [3], found [4]`],
    ['sgdUpdate', '3 3 host 4 _', {}, `${refused} a value [3], found [4]`],
    ['sgdUpdate', '3 3 3 _ _', {}, `${refused} the rate as a host value, found [3]`],
    ['sgdUpdate', '3 3 host _ 2', {}, `${refused} a scale [], found [2]`],
    ['adamUpdate', '3 3 host host 3 4 _', {}, `${refused} a value [3], found [4]`],
    ['adamUpdate', '3 3 host 3 3 3 _', {}, `${refused} rate and update as host values, found [3]`],
    ['adamUpdate', '3 3 host host 3 3 2', {}, `${refused} a scale [], found [2]`],
    ['amsgradUpdate', '3 3 host host 3 3 4 _', {}, `${refused} a value [3], found [4]`],
    ['rmspropUpdate', '3 3 host 3 4 _ _', {}, `${refused} a value [3], found [4]`],
    ['rmspropUpdate', '3 3 host 3 _ 4 _', {}, `${refused} a value [3], found [4]`],
    ['adagradUpdate', '3 3 3 3 _', {}, `${refused} the rate as a host value, found [3]`],
    ['adadeltaUpdate', '3 3 host 3 4 _', {}, `${refused} a value [3], found [4]`],
    ['adamaxUpdate', '3 3 host host 4 3 _', {}, `${refused} a value [3], found [4]`],
    ['nadamUpdate', '3 3 host host 3 3 2', {}, `${refused} a scale [], found [2]`],
    ['lionUpdate', '3 3 host 4 _', {}, `${refused} a value [3], found [4]`],
    ['stepSchedule', 'host 3', {}, `${refused} host values, found [3]`],
    ['plateauSchedule', 'host 3 _', {}, `${refused} host values, found [3]`],
  ])('%s of %s with %j', (kind, operands, attrs, message) => {
    expect(shapeOf(kind, operands, attrs)).toBe(message.replace('%', kind));
  });
});

describe('shapes', () => {
  test.each<[string, string, AttrValues, string]>([
    ['conv2d', 'N,28,28,1 5,5,1,6 6', { stride: [2, 3] }, '[N,14,10,6]'],
    ['conv2d', 'N,28,28,4 5,3,2,6 _', { padding: 'valid', groups: 2, dilation: [2, 1] }, '[N,20,26,6]'],
    [
      'conv2d',
      'N,7,7,1 3,3,1,2 _',
      {
        padding: [
          [1, 2],
          [0, 0],
        ],
        stride: [2, 2],
      },
      '[N,4,3,2]',
    ],
    ['matMul', 'N,4 3,4', { transposeB: true }, '[N,3]'],
    ['matMul', 'N,4 N,3', { transposeA: true }, '[4,3]'],
    ['sum', 'N,4,3', { axes: [0, 2] }, '[4]'],
    ['reshape', 'N,4,3', { shape: [2, 6] }, '[N,2,6]'],
    ['reshape', 'N,T,12', { shape: [-1, 4] }, '[N,T·3,4]'],
    ['reshape', 'N,H,W,6', { shape: [-1] }, '[N,H·W·6]'],
    ['reshape', 'N,H·W·6 N,W,H,6', {}, '[N,W,H,6]'],
    ['concat', 'N,H,2 N,H,3', {}, '[N,H,5]'],
    ['slice', 'N,H,5', { from: 2, size: 3 }, '[N,H,3]'],
    ['globalAvgPool', 'N,H,7,5', {}, '[N,5]'],
    ['globalAvgPoolGrad', 'N,5', { height: 2, width: 3 }, '[N,2,3,5]'],
    ['globalAvgPoolGrad', 'N,5 N,H,3,5', {}, '[N,H,3,5]'],
    ['conv2d', 'N,H,W,1 5,5,1,6 _', { padding: 'valid' }, '[N,H−4,W−4,6]'],
    ['conv2d', 'N,H−4,⌈W/2⌉,1 3,3,1,6 _', { stride: [2, 2] }, '[N,⌈H/2⌉−2,⌈W/4⌉,6]'],
    [
      'conv2d',
      'N,H,W,1 3,3,1,6 _',
      {
        padding: [
          [1, 1],
          [0, 1],
        ],
        stride: [1, 2],
      },
      '[N,H,⌊W/2⌋,6]',
    ],
    ['conv2dInputGrad', 'N,H−2,8,4 3,3,2,4 N,H,10,2', { padding: 'valid' }, '[N,H,10,2]'],
    ['conv2dKernelGrad', 'N,H,8,3 N,H,8,4', { size: [3, 3] }, '[3,3,3,4]'],
    ['maxPool', 'N,H,W,1', { size: [3, 3], stride: [2, 2] }, '[N,⌈H/2⌉,⌈W/2⌉,1]'],
    ['maxPoolGrad', 'N,⌈H/2⌉,2,1 N,H,4,1 N,⌈H/2⌉,2,1', { size: [3, 3], stride: [2, 2] }, '[N,H,4,1]'],
    ['avgPoolGrad', 'N,H−1,3,1 N,H,4,1', { size: [2, 2], stride: [1, 1], padding: 'valid' }, '[N,H,4,1]'],
    ['batchNorm', 'N,H,W,3 3 3 3 3', {}, '[N,H,W,3]'],
    ['dropoutTrain', 'N,H,3 host', { rate: 0.5, stream: 's', per: 'sample' }, '[N,H,3] [N,1,1]'],
    ['dropoutTrain', 'N,H,W,3 host', { rate: 0.5, stream: 's', per: 'channel' }, '[N,H,W,3] [N,1,1,3]'],
    ['dropConnect', '4,3 N,4', { per: 'sample' }, '[N,4,3]'],
    ['dropConnect', '3,3,2,4 _', {}, '[3,3,2,4]'],
    ['dropConnectTrain', '4,3 N,4 host', {}, '[N,4,3] [N,4,3]'],
    ['denseEach', 'N,4 N,4,3 3', {}, '[N,3]'],
    ['denseEachInputGrad', 'N,3 N,4,3', {}, '[N,4]'],
    ['outerEach', 'N,4 N,3', {}, '[N,4,3]'],
    ['add', 'N,1,3 4,1', {}, '[N,4,3]'],
    ['mul', 'N,H,W,3 N,1,1,3', {}, '[N,H,W,3]'],
    ['mul', 'N,3 ', {}, '[N,3]'],
    ['normalizeTrain', 'N,4,3 _ _', {}, '[N,4,3] [3] [3]'],
    ['normalizeTrain', 'N,4,6', { slice: 2 }, '[N,4,6] [⌊N/2⌋,6] [⌊N/2⌋,6]'],
    ['normalizeTrain', 'N,4,6', { over: 'sample', groups: 2 }, '[N,4,6] [N,2] [N,2]'],
    ['normalizeTrain', 'N,H,W,6', { over: 'sample', centred: false }, '[N,H,W,6] [N,6]'],
    ['normalizeTrain', 'N,H,W,6', { over: 'position', groups: 1 }, '[N,H,W,6] [N,H,W,1] [N,H,W,1]'],
    ['normalizeGrad', 'N,3 N,3 3 3 _ 1', {}, '[N,3] [3] [3] [1]'],
    ['updateMoving', '3 ⌊N/2⌋,3 N,3', {}, ''],
    ['zeros', '_', { shape: [2, 3] }, '[2,3]'],
    ['clipScale', '3 4,5', { maxNorm: 1 }, '[]'],
    ['adaptiveClip', '3,2 3,2', {}, '[3,2]'],
    ['projectBall', '3,2 4', { norm: 'l1', radius: 1 }, ''],
    ['l2', '3 host', { lambda: 1 }, '[]'],
    ['l2Grad', '3 _ host', { lambda: 1 }, '[3]'],
  ])('%s of %s with %j', (kind, operands, attrs, shapes) => {
    expect(shapeOf(kind, operands, attrs)).toBe(shapes);
  });
});
