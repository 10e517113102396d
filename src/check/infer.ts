/** What a layer makes of its input: its weights and the type of its value, by running its rules on a graph of its own. */
import { mostNumbers, shapes } from '../diagnostics/catalog/shapes.ts';
import type { Diagnostic, Report, Span } from '../diagnostics/diagnostic.ts';
import { GraphBuilder, ShapeRefused } from '../ir/builder.ts';
import type { Ref, ValueType } from '../ir/graph.ts';
import type { Fault } from '../ir/op.ts';
import { refuse } from '../ir/ops/rules.ts';
import type { LayerDef, WeightSpec } from '../ir/vocabulary.ts';
import type { BoundArguments } from './bind.ts';

interface Inferred {
  readonly weights: readonly WeightSpec[];
  readonly output: ValueType;
}

const product = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);

/** `bias: auto` is a question for later; shapes do not depend on the answer. */
export const withBias = (args: BoundArguments, bias: boolean): BoundArguments =>
  'bias' in args ? { ...args, bias: String(bias) } : args;

/** How a network is inferred: what a layer makes of an input it makes of every such input. */
export type Infer = typeof infer;

/** `infer` that remembers: networks have many equal layers, and each is asked about before and after its policy is known. */
export function remembering(): Infer {
  const known = new Map<LayerDef, Map<string, Inferred>>();
  return (def, inputs, args, path) => {
    const of = known.get(def) ?? new Map<string, Inferred>();
    known.set(def, of);
    const key = keyOf(inputs, args);
    const before = of.get(key);
    if (before !== undefined) return before;
    const found = infer(def, inputs, args, path);
    if (!('fault' in found)) of.set(key, found);
    return found;
  };
}

const keyOf = (inputs: readonly ValueType[], args: BoundArguments): string =>
  `${inputs.map((t) => `${t.dtype}[${t.shape.join()}]`).join(' ')} ${JSON.stringify(args)}`;

export function infer(
  def: LayerDef,
  inputs: readonly ValueType[],
  args: BoundArguments,
  path: string,
): Inferred | Fault {
  const [input] = inputs;
  if (input === undefined) throw new Error(`nothing arrives at \`${path}\``);
  const weights = def.weights(input, args, inputs);
  if ('fault' in weights) return weights;
  for (const { name, shape } of weights) {
    const count = product(shape);
    if (count > mostNumbers)
      return refuse(shapes.tooLarge, { op: def.name, what: `its \`${name}\``, shape, count, input: input.shape });
  }
  const build = new GraphBuilder();
  build.layer = path;
  const xs = inputs.map((type, i) => build.input(i === 0 ? '%x' : `%x${i + 1}`, type));
  const [x = '%x'] = xs;
  const refs = new Map(
    weights.map((spec): [string, Ref] => [
      spec.name,
      build.store({
        ref: `@${spec.name}`,
        kind: 'param',
        type: { dtype: 'float32', shape: spec.shape },
        init: spec.init,
      }),
    ]),
  );
  const weight = (name: string): Ref => {
    const ref = refs.get(name);
    if (ref === undefined) throw new Error(`\`${def.name}\` has no weight ${name}`);
    return ref;
  };
  try {
    const y = def.lower({ build, x, xs, args, weight, name: 'y', layer: path });
    const output = build.typeOf(y);
    const shape = output.shape.slice(1).filter((d) => typeof d === 'number');
    const count = product(shape);
    if (count > mostNumbers)
      return refuse(shapes.tooLarge, { op: def.name, what: 'its value', shape, count, input: input.shape });
    return { weights, output };
  } catch (error) {
    if (error instanceof ShapeRefused) return error.refusal;
    throw error;
  }
}

/** Which argument a refusal is about: the caret goes there when it was written. */
const argumentsOfCode: Readonly<Record<string, readonly string[]>> = {
  NRM2102: ['kernel', 'size'],
  NRM2103: ['groups'],
  NRM2108: ['units', 'filters'],
};

interface FaultContext {
  readonly path: string;
  readonly span: Span;
  readonly argument: (name: string) => Span | null;
  readonly producer: { readonly path: string; readonly span: Span } | null;
}

/** A refusal with its places, naming the layer and the one before it. */
export function reportFault(fault: Fault, context: FaultContext, report: Report): void {
  const { code } = fault.fault(null, null);
  const at = (argumentsOfCode[code] ?? []).map(context.argument).find((span) => span !== null) ?? context.span;
  const diagnostic = namingProducer(fault.fault(at, context.producer?.span ?? null), context.producer);
  // Shape rules know ops; here it is known which layer it is.
  report({ ...diagnostic, message: diagnostic.message.replace(/^`[^`]*`/, () => `\`${context.path}\``) });
}

/** The step that a refused value comes from, by its name. */
export function namingProducer(diagnostic: Diagnostic, producer: FaultContext['producer']): Diagnostic {
  if (producer === null) return diagnostic;
  const labels = diagnostic.labels.map((label) =>
    label.span === producer.span
      ? { ...label, text: label.text.replace(/^this step/, () => `\`${producer.path}\``) }
      : label,
  );
  return { ...diagnostic, labels };
}
