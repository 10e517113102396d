/** NRM6004: batch norm at a small batch. */
import { lints } from '../../diagnostics/catalog/lints.ts';
import { measuresBatch, otherNorms } from './batch-norms.ts';
import { settingOf } from './flow.ts';
import type { TrainLint } from './lint.ts';

/** Fewer samples than this make the mean and variance of a batch too rough. */
const small = 8;

export const smallBatch: TrainLint = ({ train, model, flow, batch }, report) => {
  if (train.batch >= small) return;
  const norms = model.layers.filter((l) => measuresBatch(l, flow));
  const [first] = norms;
  if (first === undefined) return;
  const facts = { batch: train.batch, layers: norms.map((l) => l.path), instead: otherNorms() };
  const norm = settingOf(first, 'norm', null)?.from.span ?? null;
  report(lints.smallBatch.at(batch, facts, { places: { norm } }));
};
