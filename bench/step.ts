/**
 * A train step of the bench net by emitted code, on random data: `node bench/step.ts wasm|node|cpu`. Prints a line of JSON with
 * `mode` and `medianMs`, as any script that `npm run bench -- --against` can put beside it.
 */
import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import { chooseBackend } from '../src/runtime/node/backend.ts';
import { emitTrain, median, specText, withModule } from './emitted.ts';

const mode = process.argv[2] ?? 'wasm';
if (mode !== 'wasm' && mode !== 'node' && mode !== 'cpu') throw new Error(`no backend ${mode}`);
try {
  await chooseBackend(mode);
} catch (error) {
  // Without tfjs-node, say.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

await withModule(emitTrain(specText('net.nrm'), 'net'), async (net) => {
  const { params, state } = net.init(7);
  const optimizer = net.initOptimizer(params);
  const image = tf.randomNormal([64, 28, 28, 1]);
  const label = tf.randomUniform([64], 0, 10, 'int32');
  const runs = mode === 'cpu' ? 2 : mode === 'node' ? 60 : 30;
  const times: number[] = [];
  let loss = Number.NaN;
  for (let update = 1; update <= runs + 5; update++) {
    const start = performance.now();
    const run = { updates: runs + 5, samples: 64, perEpoch: 1, plateau: 1 };
    const training = { params, state, optimizer, random: { seed: 7, update }, update, ...run };
    const report = net.step(training, { image, label });
    loss = (await report.loss.data())[0] ?? Number.NaN;
    report.loss.dispose();
    if (update > 5) times.push(performance.now() - start);
  }
  console.log(
    JSON.stringify({
      mode: `nrmc ${mode}`,
      medianMs: +median(times).toFixed(2),
      minMs: +Math.min(...times).toFixed(2),
      loss: +loss.toFixed(4),
    }),
  );
});
