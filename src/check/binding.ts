/** Fields of the data meet the inputs and outputs of the network, by name. */
import { training } from '../diagnostics/catalog/training.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Dim } from '../ir/graph.ts';
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
  const bound = model.outputs.map((output) => bindOutput(output, model, data, losses, at, report));
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

/** The field of the output's name. A single output also takes the one field that is no input. */
function bindOutput(
  output: ModelOutput,
  model: Model,
  data: DataConfig,
  losses: Losses,
  at: Span,
  report: Report,
): Target | null {
  const open = data.fields.filter((f) => !model.inputs.some((i) => i.name === f.name));
  const only = model.outputs.length === 1;
  const field =
    open.find((f) => f.name === output.name) ??
    (only && open.length === 1 ? open[0] : data.fields.find((f) => f.name === output.name));
  if (field !== undefined) return bindTarget(output, field, model, data, losses, report);
  const names = open.map((f) => f.name);
  const facts = { network: model.network, output: output.name, data: data.name, open: names, only };
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
  report: Report,
): Target | null {
  const loss = losses.get(output.name);
  // An output without one has been reported.
  if (loss === undefined) return null;
  const path = output.source.kind === 'layer' ? output.source.path : output.source.name;
  const layer = model.layers.find((l) => l.path === path);
  const width = output.type.shape.length === 2 ? output.type.shape[1] : undefined;
  const at = loss.value.span;
  if (field.kind === 'class' && typeof width === 'number' && width !== field.classes) {
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
  const target = loss.bound.def.target(output.type, field.kind === 'class' ? field.classes : null);
  if ('fault' in target) {
    report(namingProducer(target.fault(at, layer?.span ?? null), layer ?? null));
    return null;
  }
  return { output: output.name, target: field.name, loss: loss.bound, targetType: target };
}
