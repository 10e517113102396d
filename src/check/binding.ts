/** Fields of the data meet the inputs and outputs of the network, by name. */
import { losses as errors } from '../diagnostics/catalog/losses.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Dim } from '../ir/graph.ts';
import { compared } from '../ir/ops/losses/index.ts';
import type { TargetField } from '../ir/vocabulary.ts';
import { mixesSamples } from './augment/check.ts';
import { callOf } from './entries.ts';
import { namingProducer } from './infer.ts';
import type { DataConfig, DataField, Model, ModelInput, ModelOutput, TrainConfig } from './model.ts';
import type { Losses } from './train-losses.ts';
import { typeText } from './types.ts';

type Target = TrainConfig['losses'][number];

/** The target of each output; null when an input or output has no field that fits. `at`: where the train names its data. */
export function bindTargets(
  model: Model,
  data: DataConfig,
  losses: Losses,
  at: Span,
  report: Report,
): readonly Target[] | null {
  const inputsFit = model.inputs.map((input) => bindInput(input, model, data, at, report));
  if (inputsFit.includes(false)) return null;
  // Which fields are left for targets depends on those that say what samples count.
  const counts = new Map([...new Set(losses.values())].map((loss) => [loss, sampleWeights(loss, data, report)]));
  if ([...counts.values()].includes('wrong')) return null;
  if ([...new Set(losses.values())].some((loss) => !targetIsKnown(loss, data, report))) return null;
  const bound = model.outputs.map((output) => bindOutput(output, model, data, losses, counts, at, report));
  return bound.includes(null) ? null : bound.filter((b) => b !== null);
}

function bindInput(input: ModelInput, model: Model, data: DataConfig, at: Span, report: Report): boolean {
  const field = data.fields.find((f) => f.name === input.name);
  const network = model.network;
  if (field === undefined) {
    const fields = data.fields.map((f) => f.name);
    report(
      training.inputWithoutField.at(
        at,
        { network, input: input.name, data: data.name, fields, nearest: nearest(input.name, fields) },
        { places: { input: input.span, data: data.fields[0]?.span ?? data.span } },
      ),
    );
    return false;
  }
  const dtype = input.type.dtype === 'int32' ? 'int32' : 'float32';
  const shape = input.type.shape.slice(1);
  if (field.kind === 'tensor' && field.dtype === dtype && fits(field.shape, shape)) return true;
  const inputType = typeText({ dtype, shape });
  const fieldType = field.kind === 'class' ? `class(${field.classes})` : typeText(field);
  report(
    training.shapesDiffer.at(
      input.span,
      { network, input: input.name, inputType, data: data.name, fieldType },
      { places: { field: field.span } },
    ),
  );
  return false;
}

/** A size that has a name is what the data says: two that differ have been reported. */
const fits = (field: readonly number[], input: readonly Dim[]): boolean =>
  field.length === input.length && input.every((size, i) => typeof size === 'string' || size === field[i]);

/** The field that the loss names, else that of the output's name. A single output also takes the one field that is no input, and says what no sample counts. */
function bindOutput(
  output: ModelOutput,
  model: Model,
  data: DataConfig,
  losses: Losses,
  counts: Counts,
  at: Span,
  report: Report,
): Target | null {
  const weights = new Set<unknown>([...losses.values()].map((l) => l.bound.args.sample));
  const open = data.fields.filter((f) => !model.inputs.some((i) => i.name === f.name) && !weights.has(f.name));
  const only = model.outputs.length === 1;
  const named = targetNamed(losses.get(output.name));
  const field =
    data.fields.find((f) => f.name === named) ??
    open.find((f) => f.name === output.name) ??
    (only && open.length === 1 ? open[0] : data.fields.find((f) => f.name === output.name));
  if (field !== undefined) return bindTarget(output, field, model, data, losses, counts, report);
  const names = open.map((f) => f.name);
  const loss = losses.get(output.name)?.bound.def.name ?? '';
  const input = model.inputs[0]?.name ?? '';
  const facts = { network: model.network, output: output.name, data: data.name, open: names, only, loss, input };
  report(
    training.outputWithoutField.at(
      at,
      { ...facts, nearest: nearest(output.name, names) },
      { places: { output: output.span, data: data.fields[0]?.span ?? data.span } },
    ),
  );
  return null;
}

function bindTarget(
  output: ModelOutput,
  field: DataField,
  model: Model,
  data: DataConfig,
  losses: Losses,
  counts: Counts,
  report: Report,
): Target | null {
  const loss = losses.get(output.name);
  // An output without one has been reported.
  if (loss === undefined) return null;
  const path = output.source.kind === 'layer' ? output.source.path : output.source.name;
  const layer = model.layers.find((l) => l.path === path);
  const width = output.type.shape.length === 2 ? output.type.shape[1] : undefined;
  const at = loss.value.span;
  const ofTwo = field.kind === 'class' && field.classes === 2 && width === 1;
  if (field.kind === 'class' && typeof width === 'number' && width !== field.classes && !ofTwo) {
    const facts = {
      layer: path,
      width,
      field: field.name,
      classes: field.classes,
      data: data.name,
      network: model.network,
    };
    report(training.classesDiffer.at(at, facts, { places: { layer: layer?.span ?? null, field: field.span } }));
    return null;
  }
  const { def } = loss.bound;
  const shape = asTarget(field);
  const targetType = def.target(output.type, shape, mixesSamples(model));
  const measuredType = def.target(output.type, shape, false);
  const fault = 'fault' in targetType ? targetType : 'fault' in measuredType ? measuredType : null;
  if (fault !== null) {
    report(namingProducer(fault.fault(at, layer?.span ?? null), layer ?? null));
    return null;
  }
  const weighs = checkClassWeights(loss, field, report);
  const sample = counts.get(loss) ?? null;
  if (!weighs || sample === 'wrong' || 'fault' in targetType || 'fault' in measuredType) return null;
  return {
    output: output.name,
    target: field.name,
    loss: loss.bound,
    field: shape,
    targetType,
    measuredType,
    sample,
    probabilities: def.probabilities(output.type, shape),
    decides: field.kind !== 'class' ? null : width === 1 ? def.threshold : 'largest',
  };
}

const asTarget = (field: DataField): TargetField =>
  field.kind === 'class'
    ? { kind: 'class', classes: field.classes }
    : { kind: 'tensor', dtype: field.dtype, shape: field.shape };

type BoundLoss = NonNullable<ReturnType<Losses['get']>>;
/** What samples count by each loss. */
type Counts = ReadonlyMap<BoundLoss, Target['sample'] | 'wrong'>;

/** The field that a loss names; a parameter of its own may be called `target` too, and is a number. */
const targetNamed = (loss: BoundLoss | undefined): string | null => {
  const target = loss?.bound.args.target;
  return typeof target === 'string' && loss?.bound.def.signature.target === compared.target ? target : null;
};

/** False after saying that the data have no such field. */
function targetIsKnown(loss: BoundLoss, data: DataConfig, report: Report): boolean {
  const field = targetNamed(loss);
  const fields = data.fields.map((f) => f.name);
  if (field === null || fields.includes(field)) return true;
  const { value, bound } = loss;
  const at = callOf(value)?.args.find((a) => a.name === 'target')?.value.span ?? value.span;
  const facts = { loss: bound.def.name, field, data: data.name, fields, nearest: nearest(field, fields) };
  report(errors.noSuchTarget.at(at, facts, { places: { data: data.fields[0]?.span ?? data.span } }));
  return false;
}

/** False after saying that there is not one weight for each class. */
function checkClassWeights({ bound: { def, args }, value }: BoundLoss, field: DataField, report: Report): boolean {
  const { weights } = args;
  const classes = field.kind === 'class' ? field.classes : null;
  if (!Array.isArray(weights) || weights.length === classes) return true;
  const facts = { loss: def.name, weights: weights.length, field: field.name, classes };
  report(errors.classWeights.at(value.span, facts, { places: { field: field.span } }));
  return false;
}

/** The field that says what each sample counts; `'wrong'` after saying that it does not. */
function sampleWeights(
  { bound: { def, args }, value }: BoundLoss,
  data: DataConfig,
  report: Report,
): Target['sample'] | 'wrong' {
  const { sample } = args;
  if (typeof sample !== 'string') return null;
  const at = callOf(value)?.args.find((a) => a.name === 'sample')?.value.span ?? value.span;
  const fields = data.fields.map((f) => f.name);
  const field = data.fields.find((f) => f.name === sample);
  const facts = { loss: def.name, field: sample, data: data.name, fields };
  if (field === undefined) {
    report(errors.sampleWeights.at(at, { ...facts, found: null, nearest: nearest(sample, fields) }));
    return 'wrong';
  }
  const one = field.kind === 'tensor' && field.shape.reduce((a, b) => a * b, 1) === 1;
  if (field.kind === 'tensor' && field.dtype === 'float32' && one)
    return { field: field.name, type: { dtype: 'float32', shape: ['N', ...field.shape] } };
  const found = field.kind === 'class' ? `class(${field.classes})` : typeText(field);
  report(errors.sampleWeights.at(at, { ...facts, found, nearest: null }, { places: { field: field.span } }));
  return 'wrong';
}
