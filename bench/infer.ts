/** Folded against unfolded inference of a net of folding.nrm, in turn in one process: `node bench/infer.ts Bench|Deep wasm|node`. */
import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import { tensorsOf } from '../src/runtime/metrics.ts';
import { chooseBackend } from '../src/runtime/node/backend.ts';
import { emitNetwork, median, specText, withModule } from './emitted.ts';

const name = process.argv[2] ?? 'Bench';
const mode = process.argv[3] ?? 'wasm';
if (mode !== 'wasm' && mode !== 'node') throw new Error(`no backend ${mode}`);
await chooseBackend(mode);

await withModule(emitNetwork(specText('folding.nrm'), name), async (net) => {
  const { params, state } = net.init(7);
  const frozen = net.freeze(params, state);
  const image = tf.randomNormal([64, 28, 28, 1]);
  const time = async (run: () => object): Promise<number> => {
    const start = performance.now();
    for (const y of tensorsOf(run(), [])) {
      await y.data();
      y.dispose();
    }
    return performance.now() - start;
  };
  const unfolded: number[] = [];
  const folded: number[] = [];
  for (let i = 0; i < 35; i++) {
    const a = await time(() => net.evaluate(params, state, image));
    const b = await time(() => net.predict(frozen, image));
    if (i >= 5) {
      unfolded.push(a);
      folded.push(b);
    }
  }
  console.log(
    JSON.stringify({
      mode: `inference of ${name}, ${mode}`,
      unfoldedMs: +median(unfolded).toFixed(2),
      foldedMs: +median(folded).toFixed(2),
    }),
  );
});
