/** Code of a network whose sizes stay open computes for each size what the network with these numbers computes. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { checkNetwork } from '../../src/check/index.ts';
import { importNetwork, withEmitted } from '../../src/cli/emitted.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileNetwork } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';
import { tensorsOf } from '../../src/runtime/metrics.ts';
import type { AnyNetwork } from '../../src/runtime/modules.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';

beforeAll(() => chooseBackend('cpu'));

const text = (size: string, body: string): string => `
network Net with P { input image: float32[${size}, 2]  ${body} }
policy P { norm?: batch  act?: relu }
`;

function withNet<T>(spec: string, use: (net: AnyNetwork, outputs: readonly string[]) => Promise<T>): Promise<T> {
  const { model, diagnostics } = checkNetwork(parse(spec, 'net.nrm').tree, 'Net');
  if (model === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  const compiled = compileNetwork(model, { verify: true });
  return withEmitted(emit(compiled, { source: 'net.nrm', version: 'test', spec: '' }), async (folder) =>
    use(
      await importNetwork(path.join(folder, 'Net.ts')),
      model.outputs.map((o) => o.name),
    ),
  );
}

async function outputsOf(spec: string, image: tf.Tensor): Promise<readonly (readonly [string, ArrayLike<number>])[]> {
  return withNet(spec, async (net, names) => {
    const { params, state } = net.init(5);
    const given = [
      ...tensorsOf(net.evaluate(params, state, image), names),
      ...tensorsOf(net.predict(net.freeze(params, state), image), names),
    ];
    return given.map((t) => [t.shape.join(), t.dataSync()] as const);
  });
}

test.each([
  'conv(3, kernel: 3, stride: 2)  norm  act  maxpool(2)  conv(4, kernel: [3, 2], padding: valid)  act',
  'conv(4, kernel: 5, padding: 1, dilation: 2)  norm  act  avgpool(3, stride: 2)  global_avgpool  dense(3)',
  'conv(4, kernel: 3)  norm  act  mul { | identity | global_avgpool  dense(4) act(sigmoid) }  flatten',
  'conv(4, kernel: 3) as maps  concat { | maxpool(3, stride: 1) | conv(2, kernel: 1) }  output mask: conv(1, kernel: 1)  from maps  global_avgpool  output label: dense(2)',
])('%s', async (body) => {
  for (const [height, width] of [
    [9, 11],
    [14, 8],
  ] as const) {
    const image = tf.randomNormal([3, height, width, 2], 0, 1, 'float32', height);
    const open = await outputsOf(text('H, W', body), image);
    expect(open).toEqual(await outputsOf(text(`${height}, ${width}`, body), image));
  }
});
