/** Why `bias: auto` left a bias out, told again where a norm behind it turns out to be frozen: that one subtracts no mean of the batch. */
import type { Layer } from './model.ts';

export function withFrozenNorms(layers: readonly Layer[]): readonly Layer[] {
  const byPath = new Map(layers.map((l) => [l.path, l]));
  const isFrozen = (norm: Layer): boolean =>
    (norm.shares === null ? norm : byPath.get(norm.shares))?.weights.some(
      (w) => w.spec.role === 'statistic' && w.frozen,
    ) === true;
  const takes = (norm: Layer, layer: Layer): boolean =>
    norm.sources.some((s) => s.kind === 'layer' && s.path === layer.path);
  return layers.map((layer) => {
    if (layer.biasReason?.startsWith('no bias') !== true) return layer;
    const frozen = layers.find((norm) => norm.def.subtractsMean && takes(norm, layer) && isFrozen(norm));
    return frozen === undefined
      ? layer
      : {
          ...layer,
          biasReason: `no bias: ${frozen.path} shifts each channel itself; the mean that it subtracts is frozen`,
        };
  });
}
