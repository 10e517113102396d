/**
 * NRM6013: `inference: gaussian(samples: n)` of dropconnect where no activation follows any layer that it reaches. Samples are of an
 * activation: without one the mean is exact. Between the two may stand dropout, which prediction leaves out, and a norm by moving statistics.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Value } from '../../ir/value.ts';
import type { Layer } from '../model.ts';
import { withoutArgument } from './calls.ts';
import { type Flow, settingOf } from './flow.ts';
import type { NetworkLint } from './lint.ts';

export const idleSamples: NetworkLint = ({ model, flow }, report) => {
  const used = new Map<Value, boolean>();
  for (const layer of model.layers) {
    const value = settingOf(layer, 'drop', 'kernel')?.value;
    const samples = layer.weights.some((w) => w.methods.some(({ args }) => Number(args.inference ?? 0) > 0));
    if (value === undefined || !samples) continue;
    const bent = flow.usesOf(layer).some((use) => isBent(use, flow, true));
    used.set(value, bent || used.get(value) === true);
  }
  for (const [value, isUsed] of used) {
    if (isUsed || value.kind !== 'call') continue;
    const at = value.arguments.findIndex((a) => a.name === 'inference');
    const argument = value.arguments[at];
    if (argument === undefined) continue;
    const why = 'no activation follows what it reaches, so the mean is exact';
    const fix = withoutArgument(value, value.nameSpan, at);
    report(lints.idleArgument.at(argument.span, { argument: 'inference', of: value.name, why }, { fix }));
  }
};

/** An activation is all that takes a layer's value; behind a norm, once. */
function isBent(layer: Layer, flow: Flow, mayBeNorm: boolean): boolean {
  const [taker, ...more] = flow.takersOf(layer);
  if (taker === undefined || more.length > 0 || flow.outputsOf(layer).length > 0) return false;
  const { def, args } = taker;
  if (def.use === 'act') return def.name !== 'linear' && flow.weightsOf(taker).length === 0;
  if (def.use === 'drop') return isBent(taker, flow, mayBeNorm);
  const tracked = flow.weightsOf(taker).some((w) => w.spec.name === 'variance');
  return mayBeNorm && def.use === 'norm' && tracked && args.track !== false && isBent(taker, flow, false);
}
