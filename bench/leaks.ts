import * as tf from '@tensorflow/tfjs-core';
import { chooseBackend } from '../src/runtime/node/backend.ts';
import { emitTrain, specText, withModule } from './emitted.ts';

await chooseBackend('wasm');
await withModule(emitTrain(specText('steps.nrm'), 'steps'), async (net) => {
  const { params, state } = net.init(7);
  const optimizer = net.initOptimizer(params);
  const image = tf.randomNormal([16, 12, 12, 1]);
  const label = tf.randomUniform([16], 0, 4, 'int32');
  const seen = new Set<string>();
  for (let update = 1; update <= 1000; update++) {
    const { loss, penalty } = net.step(
      {
        params,
        state,
        optimizer,
        random: { seed: 7, update },
        update,
        updates: 1000,
        samples: 16,
        perEpoch: 1,
        plateau: 1,
      },
      { image, label },
    );
    loss.dispose();
    penalty?.dispose();
    const { numTensors, numBytes } = tf.memory();
    seen.add(`${numTensors} tensors, ${numBytes} bytes`);
  }
  console.log(JSON.stringify({ mode: 'memory over 1,000 steps', seen: [...seen] }));
});
