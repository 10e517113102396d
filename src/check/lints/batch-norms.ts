/** Which layers measure the batch. */
import { layers } from '../../ir/ops/index.ts';
import type { Layer } from '../model.ts';
import type { Flow } from './flow.ts';

const methods: readonly string[] = ['batch', 'ghost_batch'];

/** Its mean and variance are those of the batch while it is trained: not where they are frozen. */
export const measuresBatch = (layer: Layer, flow: Flow): boolean =>
  methods.includes(layer.def.name) && !flow.weightsOf(layer).some((w) => w.spec.role === 'statistic' && w.frozen);

/** Norms that measure each sample by itself, as far as there are any; the likelier first. */
export const otherNorms = (): readonly string[] =>
  ['group', 'frn', 'layer', 'instance'].filter((name) => Object.hasOwn(layers, name));
