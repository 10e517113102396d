/**
 * NRM6014: steps that leave their value as it is. Only what is so wherever the text is used: written in numbers, and in a block only
 * where the shape that arrives plays no part.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Layer } from '../model.ts';
import { Alike } from './alike.ts';
import type { Placed } from './calls.ts';
import type { Flow } from './flow.ts';
import type { NetworkLint } from './lint.ts';

export const idleSteps: NetworkLint = ({ model, flow, calls }, report) => {
  const found = new Alike<{ readonly layer: Layer; readonly placed: Placed; readonly why: string }>();
  // What is idle in one round or use of a block may be at work in another.
  const atWork = new Set<Span>();
  for (const layer of model.layers) {
    const placed = calls(layer.span);
    const why = placed === null ? null : whyIdle(layer, flow, placed);
    if (placed !== null && why !== null) found.add([layer.span], { layer, placed, why });
    else atWork.add(layer.span);
  }
  for (const { first } of found.all()) {
    const { layer, placed, why } = first;
    if (atWork.has(layer.span)) continue;
    const { item, call, steps } = placed;
    // Its name may be used, rules may count slots and scales, and a body needs a step.
    const isPlain =
      item.label === null && item.as === null && !item.output && steps > 1 && uncounted.includes(layer.def.name);
    const fix = isPlain ? [{ span: item.span, text: '' }] : [];
    report(lints.idleStep.at(call.span, { layer: layer.path, step: call.name.text, why }, { fix }));
  }
};

/** No rule says anything of these, so that taking one out moves no other. */
const uncounted: readonly string[] = ['maxpool', 'avgpool', 'flatten'];
/** Applying them again changes nothing. */
const idempotent: readonly string[] = ['relu', 'relu6'];

function whyIdle(layer: Layer, flow: Flow, { call, inBlock }: Placed): string | null {
  const { def, args } = layer;
  const isLiteral = call.arguments.every((a) => a.value.kind === 'number');
  if (def.name === 'maxpool' || def.name === 'avgpool')
    return isLiteral &&
      isOne(args.size) &&
      (args.stride === null || isOne(args.stride)) &&
      typeof args.padding === 'string'
      ? 'a window of one pixel holds that pixel'
      : null;
  if (def.name === 'scale') return isLiteral && args.factor === 1 && args.learn === 'none' ? 'times 1' : null;
  if (inBlock) return null;
  if (def.name === 'flatten')
    return layer.inputs[0]?.shape.length === 2 ? 'what arrives has one dimension a sample already' : null;
  const [before, ...others] = flow.sourcesOf(layer);
  if (def.use === 'act' && others.length === 0 && before?.def === def && idempotent.includes(def.name))
    return `\`${before.path}\` is \`${def.name}\` too`;
  return null;
}

const isOne = (value: unknown): boolean => (Array.isArray(value) ? value.every((side) => side === 1) : value === 1);
