/** NRM52xx: modules of layers of a user's own. */
import type { RuntimeError } from './errors.ts';

const define = <Facts extends object>(error: RuntimeError<Facts>): RuntimeError<Facts> => error;
const contract =
  'the module of a layer exports `forward(x, args)` and `backward(dy, x, y, args)`, that of a loss both with `(prediction, target, args)`; see docs/externs.md';

export const externErrors = {
  externNotLoaded: define<{ module: string; why: string; gone: boolean }>({
    code: 'NRM5201',
    title: 'the module of a layer cannot be loaded',
    message: (f) => `the module ${f.module} cannot be loaded: ${f.why}`,
    help: (f) =>
      f.gone
        ? 'put it back; a run uses the module where it lies and keeps no copy of it'
        : 'it is loaded as an ECMAScript module by Node, TypeScript with its types left out; `node` by itself says more about it',
  }),
  externExports: define<{ module: string; missing: readonly string[] }>({
    code: 'NRM5202',
    title: 'the module of a layer does not export what is needed of it',
    message: (f) => `the module ${f.module} exports no ${f.missing.map((name) => `\`${name}\``).join(' and no ')}`,
    help: () => contract,
  }),
  externResult: define<{ layer: string; name: string; expected: string; found: string }>({
    code: 'NRM5203',
    title: 'a layer of your own does not give what the spec declares',
    message: (f) => `\`${f.layer}\`: \`${f.name}\` ${f.found}; ${f.expected} is declared`,
    help: (f) =>
      f.name === 'forward'
        ? '`forward` returns a float32 tensor of the declared shape, and disposes of nothing that it was given'
        : '`backward` returns the gradient by x, a float32 tensor of the shape of x, and disposes of nothing that it was given',
  }),
  externFailed: define<{ layer: string; name: string; why: string; at: string | null }>({
    code: 'NRM5204',
    title: 'a layer of your own has failed',
    message: (f) => `\`${f.layer}\`: \`${f.name}\` has failed: ${f.why}`,
    help: (f) => (f.at === null ? contract : `thrown at ${f.at}`),
  }),
  externGradient: define<{ layers: readonly string[] }>({
    code: 'NRM5206',
    title: 'the backward of a layer is not the gradient of its forward',
    message: (f) =>
      `\`backward\` is not the gradient of \`forward\`${f.layers.map((layer) => `\n  ${layer}`).join('')}`,
    help: () =>
      'compared in random directions, at random values of what arrives; where the gradient is meant to be another, leave the check out',
  }),
  externChanged: define<{ folder: string; modules: readonly string[] }>({
    code: 'NRM5205',
    title: 'the module of a layer has changed since the run began',
    message: (f) =>
      `the code of layers is not what ${f.folder} was begun with${f.modules.map((module) => `\n  ${module}`).join('')}`,
    help: () => 'put the module back as it was, or begin a new run',
  }),
};
