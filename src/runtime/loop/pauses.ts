/** Training gives signals and timers their turn every so often. */
import { nextFrame } from '@tensorflow/tfjs-core';

/** Milliseconds between two pauses. */
const every = 50;

export class Pauses {
  #last = performance.now();

  /** Pauses where it is time to. */
  async take(): Promise<void> {
    if (performance.now() - this.#last < every) return;
    await nextFrame();
    this.#last = performance.now();
  }
}
