/** NRM6006: `bias: true` right before norms that subtract the mean. `bias: auto` means the same without it, here and elsewhere. */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Edit } from '../../diagnostics/diagnostic.ts';
import type { Layer, Model } from '../model.ts';
import { Alike } from './alike.ts';
import { type Calls, withoutArgument } from './calls.ts';
import type { NetworkLint } from './lint.ts';

export const deadBias: NetworkLint = ({ model, flow, calls }, report) => {
  const found = new Alike<{ readonly layer: Layer; readonly norm: Layer }>();
  for (const layer of model.layers) {
    // `auto` that became true has a reason.
    if (layer.args.bias !== 'true' || layer.biasReason !== null || layer.shares !== null) continue;
    const uses = flow.usesOf(layer);
    const takers = uses.flatMap(flow.takersOf);
    const [norm] = takers;
    if (norm === undefined || uses.some((l) => flow.outputsOf(l).length > 0)) continue;
    if (takers.every((t) => t.def.subtractsMean && !measuresNothing(t, model)))
      found.add([layer.span], { layer, norm });
  }
  for (const { first, more } of found.all()) {
    const { layer, norm } = first;
    const written = pinOf(layer, calls);
    const untouched = model.layers.filter((l) => l.span === layer.span).every(isUntouched);
    report(
      lints.deadBias.at(
        written?.span ?? layer.span,
        { layer: layer.path, norm: norm.path, more },
        { places: { norm: norm.span }, fix: written !== null && untouched ? written.without : [] },
      ),
    );
  }
};

/** A norm whose statistics are frozen subtracts what they are, not the mean that arrives: the bias goes through. */
const measuresNothing = (norm: Layer, model: Model): boolean =>
  model.layers.some(
    (l) => l.path === (norm.shares ?? norm.path) && l.weights.some((w) => w.spec.role === 'statistic' && w.frozen),
  );

/** The argument `bias: true`; null where it is said in another way, as by a parameter of a block. */
function pinOf(layer: Layer, calls: Calls): { readonly span: Edit['span']; readonly without: readonly Edit[] } | null {
  const call = calls(layer.span)?.call;
  const at = call?.arguments.findIndex((a) => a.name?.text === 'bias') ?? -1;
  const argument = call?.arguments[at];
  if (call === undefined || argument?.value.kind !== 'boolean') return null;
  return { span: argument.span, without: withoutArgument(call, call.name.span, at) };
}

/** No rule speaks of this bias; one would find nothing once it is gone. */
const isUntouched = (layer: Layer): boolean =>
  layer.settings.every((s) => s.weight !== 'bias' || s.from.kind === 'default') &&
  layer.weights.every((w) => w.start === null);
