/**
 * The second half of a step, behind forward and backward: from gradients to new weights.
 *
 *   clip → penalties → optimizer → decay → constraints          `of: data`
 *   penalties → clip → optimizer → decay → constraints          `of: total`
 *
 * Names       with a penalty the sum of both gradients of @conv1.kernel is %d.conv1.kernel.total. The learning rate is %rate.
 * Order       Every parameter is updated after everything that reads any parameter, so no gradient sees a half-updated
 *             network; constraints follow when all are updated, since one may be about several.
 * Decay       is the optimizer's own node: it takes a share of the old weight away beside the step, or of the new one.
 */
import type { GraphBuilder } from '../ir/builder.ts';
import type { Ref, Storage } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import type { StepRecipe } from '../ir/recipe.ts';
import { bare } from './match.ts';

/** By parameter. */
type Gradients = ReadonlyMap<Ref, Ref>;

export interface UpdateContext {
  readonly build: GraphBuilder;
  /** Those that are trained, in the order of storage. */
  readonly parameters: readonly Storage[];
  readonly recipe: StepRecipe;
  /** How values are to be called. */
  readonly wanted: Map<Ref, string>;
}

/** The gradients of the loss and of the penalties as one, clipped. `penalties` are asked for when it is their turn. */
export function combined(context: UpdateContext, data: Gradients, penalties: () => Gradients): Gradients {
  return context.recipe.clip?.of === 'total'
    ? clipped(context, totals(context, data, penalties()))
    : totals(context, clipped(context, data), penalties());
}

/** Appends the update of each parameter that has a gradient, and the constraints. */
export function appendUpdates(context: UpdateContext, gradients: Gradients): void {
  const { build, parameters, recipe, wanted } = context;
  build.layer = '';
  const rate = learningRate(build, recipe);
  wanted.set(rate, 'rate');
  const updates = parameters.flatMap((parameter) => {
    const gradient = gradients.get(parameter.ref);
    return gradient === undefined ? [] : [{ parameter, gradient, factor: recipe.rateScale.get(parameter.ref) ?? 1 }];
  });
  const rates = new Map<number, Ref>([[1, rate]]);
  for (const { factor } of updates)
    if (!rates.has(factor)) rates.set(factor, build.one(ops.scaledRate, [rate], { factor }, `rate.${rates.size + 1}`));
  for (const { parameter, gradient, factor } of updates)
    update(build, parameter, gradient, rates.get(factor) ?? rate, recipe);
  constrain(context);
}

/** The gradients as the policy clips them, in the order of storage. */
function clipped({ build, parameters, recipe: { clip } }: UpdateContext, gradients: Gradients): Gradients {
  if (clip === null || gradients.size === 0) return gradients;
  const { def, args, last } = clip;
  build.layer = '';
  const given = parameters.flatMap(({ ref }) => {
    const gradient = gradients.get(ref);
    return gradient === undefined ? [] : [{ parameter: ref, gradient, last: last.has(ref) }];
  });
  const after = def.clip(build, { gradients: given, memory: (name) => memory(build, name) }, args);
  if (after.length !== given.length)
    throw new Error(`clip ${def.name} made ${after.length} gradients of ${given.length}`);
  return new Map(given.flatMap(({ parameter }, i) => entry(parameter, after[i])));
}

/** A number that clipping keeps. No layer is called `gradient`, which is a section of policies. */
function memory(build: GraphBuilder, name: string): Ref {
  const ref: Ref = `@gradient.clip.${name}`;
  if (build.has(ref)) return ref;
  return build.store({
    ref,
    kind: 'slot',
    type: { dtype: 'float32', shape: [] },
    init: { kind: 'zeros', attrs: {} },
  });
}

/** What each parameter is updated by: the gradient of the loss, that of the penalty, or their sum. */
function totals({ build, parameters, wanted }: UpdateContext, data: Gradients, penalties: Gradients): Gradients {
  return new Map(
    parameters.flatMap(({ ref }) => {
      const [gradient, penalty] = [data.get(ref), penalties.get(ref)];
      if (gradient === undefined || penalty === undefined) return entry(ref, gradient ?? penalty);
      build.layer = layerOf(ref);
      const sum = build.one(ops.add, [gradient, penalty], {}, `d.${bare(ref)}.total`);
      wanted.set(sum, `d.${bare(ref)}.total`);
      return entry(ref, sum);
    }),
  );
}

const entry = (ref: Ref, gradient: Ref | undefined): readonly (readonly [Ref, Ref])[] =>
  gradient === undefined ? [] : [[ref, gradient]];

/** `stem.conv1` of `@stem.conv1.kernel`. */
const layerOf = (parameter: Ref): string => bare(parameter).split('.').slice(0, -1).join('.');

function learningRate(build: GraphBuilder, { optimizer, schedule }: StepRecipe): Ref {
  // Every optimizer's signature has `rate`.
  const rate = Number(optimizer.args.rate);
  const context = { step: '%update', steps: '%updates', perEpoch: '%perEpoch', plateau: '%plateau', rate } as const;
  return schedule.def.rate(build, context, schedule.args);
}

function update(
  build: GraphBuilder,
  { ref, type }: Storage,
  gradient: Ref,
  rate: Ref,
  { optimizer, optimizers, decay }: StepRecipe,
): void {
  const { def } = optimizer;
  const args = optimizers?.get(ref) ?? optimizer.args;
  build.layer = layerOf(ref);
  const slots = new Map(
    def.slots(args).map(({ name, start }): [string, Ref] => {
      const init = start === 0 ? { kind: 'zeros', attrs: {} } : { kind: 'constant', attrs: { value: start } };
      return [name, build.store({ ref: `${ref}.${name}`, kind: 'slot', type, init })];
    }),
  );
  const slot = (name: string): Ref => {
    const found = slots.get(name);
    if (found === undefined) throw new Error(`${def.name} asks for a slot ${name} that it did not declare`);
    return found;
  };
  def.update(build, { parameter: ref, gradient, slot, rate, step: '%update', decay: decay.get(ref) ?? null }, args);
}

/** A pass may have removed a weight that a constraint is about: a dead bias. */
function constrain({ build, parameters, recipe }: UpdateContext): void {
  const trained = new Set<Ref>(parameters.map((p) => p.ref));
  for (const { def, args, parameters: about } of recipe.constraints) {
    const present = about.filter((ref) => trained.has(ref));
    const [only, ...more] = present;
    if (only === undefined) continue;
    build.layer = more.length === 0 ? layerOf(only) : '';
    def.constrain(build, present, args);
  }
}
