import * as tf from '@tensorflow/tfjs-core';
export async function chooseBackend(name: 'cpu' | 'wasm' | 'node' | 'auto') {
  await import('@tensorflow/tfjs-backend-cpu'); await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(name); await tf.ready();
}
