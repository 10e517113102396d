/** Runs with everything between gradients and weights switched on: resumed like uninterrupted, leaving no tensor behind, one number a rule. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { importTrain, withEmitted } from '../../src/cli/emitted.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';
import { checkpointFile, standingOf } from '../../src/runtime/checkpoint.ts';
import { flattenTensors } from '../../src/runtime/index.ts';
import type { RunConfig } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { randomKey, uniforms } from '../../src/runtime/random.ts';
import {
  type AnyTrain,
  begin,
  decodeSafetensors,
  encodeSafetensors,
  endRun,
  loadCheckpoint,
  type Run,
  type Samples,
  train,
} from '../../src/runtime/training.ts';

const spec = `
network Net with P {
  input image: float32[6, 6, 1]
  conv(3, kernel: 3)  act  flatten
  dense(8)  act
  out: dense(3)
}
policy P {
  act: relu
  conv { prior: gaussian(sigma: 0.4)  constraint: max_norm(1.5) }
  dense { penalty: l1(1e-3)  constraint: ball(l1: 40)  rate_scale: 0.5 }
  out { decay: 1e-2  penalty: l2(1e-3, half: true)  constraint: ball(l2: 2)  rate_scale: 1 }
  bias { penalty: l2(1e-3) }
  gradient { clip: dynamic(alpha: 0.8, beta: 0.01) }
}
data D { source: idx("d")  fields { image: float32[6, 6, 1]  label: class(3) } }
train net {
  network: Net  data: D  loss: cross_entropy  optimizer: adam(rate: 1e-2)  batch: 8  epochs: 3  seed: 5
}
`;

async function withNet(use: (net: AnyTrain, config: RunConfig) => Promise<void>): Promise<void> {
  const { train: checked, diagnostics } = checkTrain(parse(spec, 'net.nrm').tree, 'net');
  if (checked === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  const files = emit(compileTrain(checked), { source: 'net.nrm', version: 'test', spec: resolvedSpec(checked) });
  await withEmitted(files, async (folder) => {
    const { module, config } = await importTrain(path.join(folder, 'net.train.ts'));
    await use(module, config);
  });
}

const count = 28;

function samples(): Samples {
  const label = Int32Array.from({ length: count }, (_, i) => (i * 7) % 3);
  const noise = uniforms(randomKey(1, 'image', 'initial'), 36 * count);
  const values = Float32Array.from(
    noise,
    (u, i) => u + (label[Math.floor(i / 36)] === Math.floor((i % 36) / 12) ? 1 : 0),
  );
  return {
    columns: [
      { kind: 'tensor', name: 'image', dtype: 'float32', shape: [6, 6, 1], values, preprocessing: { kind: 'none' } },
      { kind: 'class', name: 'label', classes: 3, values: label },
    ],
    rows: Uint32Array.from({ length: count }, (_, i) => i),
  };
}

const bits = (run: Run): ReadonlyMap<string, Uint32Array> =>
  new Map(
    [...flattenTensors({ params: run.params, state: run.state, optimizer: run.optimizer })].map(([name, tensor]) => [
      name,
      new Uint32Array(Float32Array.from(tensor.dataSync()).buffer),
    ]),
  );

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  test.each([1, 2, 5])('stopped after update %i and gone on with: the same bits', (stop) =>
    withNet(async (net, config) => {
      const data = { train: samples(), validation: null };
      const whole = begin(net, config.seed);
      const { run: uninterrupted } = await train(net, config, data, whole);
      const expected = bits(uninterrupted);
      expect([...expected.keys()]).toEqual(
        expect.arrayContaining(['optimizer.gradient.clip.mean', 'optimizer.gradient.clip.count']),
      );

      let stored: Uint8Array | null = null;
      let updates = 0;
      const first = begin(net, config.seed);
      const { finished } = await train(net, config, data, first, {
        step: ({ progress }) => {
          updates = progress.update;
        },
        stopped: () => updates >= stop,
        checkpoint: async (run) => {
          if (updates >= stop) stored ??= encodeSafetensors(await checkpointFile(run, { history: 0, best: null }, {}));
        },
      });
      expect(finished).toBe(false);
      endRun(first);

      const file = decodeSafetensors(stored ?? expect.fail(), 'checkpoint.safetensors');
      const fresh = begin(net, config.seed);
      loadCheckpoint(fresh, file, 'checkpoint.safetensors', config.network);
      const { progress } = standingOf(file, 'checkpoint.safetensors');
      const { run: resumed } = await train(net, config, data, { ...fresh, progress });
      expect(bits(resumed)).toEqual(expected);
      endRun(whole);
      endRun(fresh);
    }),
  );

  test('weights keep to their constraints, the report adds up, nothing is left behind', () =>
    withNet(async (net, config) => {
      const data = { train: samples(), validation: null };
      const before = tf.memory().numTensors;
      const run = begin(net, config.seed);
      await train(net, config, data, run);
      const weights = flattenTensors(run.params);
      const of = (name: string): Float32Array => weights.get(name)?.dataSync<'float32'>() ?? expect.fail();
      for (let unit = 0; unit < 3; unit++) {
        const own = of('conv1.kernel').filter((_, i) => i % 3 === unit);
        expect(Math.hypot(...own)).toBeLessThanOrEqual(1.5 + 1e-6);
      }
      expect(of('dense1.kernel').reduce((sum, w) => sum + Math.abs(w), 0)).toBeLessThanOrEqual(40 + 1e-4);
      expect(Math.hypot(...of('out.kernel'))).toBeLessThanOrEqual(2 + 1e-6);

      const { params, state, optimizer } = run;
      const image = tf.randomUniform([8, 6, 6, 1], 0, 1, 'float32', 3);
      const label = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32');
      const report = net.step(
        {
          params,
          state,
          optimizer,
          random: { seed: 1, update: 13 },
          update: 13,
          updates: 20,
          samples: count,
          perEpoch: 4,
          plateau: 1,
        },
        { image, label },
      );
      const rules = report.penalties ?? {};
      expect(Object.keys(rules)).toEqual(['conv', 'bias', 'dense', 'out']);
      const parts = Object.values(rules).map((p) => p.dataSync()[0] ?? Number.NaN);
      expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(report.penalty?.dataSync()[0] ?? Number.NaN, 4);
      tf.dispose([
        report.loss,
        ...(report.penalty === null ? [] : [report.penalty]),
        ...Object.values(rules),
        image,
        label,
      ]);
      endRun(run);
      expect(tf.memory().numTensors).toBe(before);
    }));
});
