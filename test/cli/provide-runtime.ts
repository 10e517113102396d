/** Leads `nrmc/runtime` and tfjs-core to this repository, for emitted entries that run outside of it. */
import { registerHooks } from 'node:module';

const own: Readonly<Record<string, string>> = {
  'nrmc/runtime': new URL('../../src/runtime/index.ts', import.meta.url).href,
  'nrmc/runtime/node': new URL('../../src/runtime/node/index.ts', import.meta.url).href,
  '@tensorflow/tfjs-core': import.meta.resolve('@tensorflow/tfjs-core'),
};

registerHooks({
  resolve(specifier, context, next) {
    const url = own[specifier];
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
  },
});
