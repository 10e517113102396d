/** Fields of the data meet the inputs and outputs of the network, by name. */
import { training } from '../diagnostics/catalog/training.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Bound } from '../ir/recipe.ts';
import type { LossDef } from '../ir/vocabulary.ts';
import { namingProducer } from './infer.ts';
import type { DataConfig, DataField, Model, ModelOutput, TrainConfig } from './model.ts';
import { typeText } from './types.ts';

interface Places {
  /** Where the train names its data and its loss. */
  readonly data: Span;
  readonly loss: Span;
}

/** The target of each output; null when an input or output has no field that fits. */
export function bindTargets(
  model: Model,
  data: DataConfig,
  loss: Bound<LossDef>,
  places: Places,
  report: Report,
): TrainConfig['losses'] | null {
  const inputsFit = model.inputs.map((input) => bindInput(input, model, data, places, report));
  if (inputsFit.includes(false)) return null;
  const bound = model.outputs.map((output) => bindOutput(output, model, data, loss, places, report));
  return bound.includes(null) ? null : bound.filter((b) => b !== null);
}

function bindInput(
  input: Model['inputs'][number],
  model: Model,
  data: DataConfig,
  places: Places,
  report: Report,
): boolean {
  const field = data.fields.find((f) => f.name === input.name);
  const network = model.network;
  if (field === undefined) {
    const fields = data.fields.map((f) => f.name);
    report(
      training.inputWithoutField.at(
        places.data,
        { network, input: input.name, data: data.name, fields, nearest: nearest(input.name, fields) },
        { places: { input: input.span, data: data.fields[0]?.span ?? data.span } },
      ),
    );
    return false;
  }
  const inputType = typeText({
    dtype: input.type.dtype === 'int32' ? 'int32' : 'float32',
    shape: input.type.shape.slice(1).filter((d) => typeof d === 'number'),
  });
  const fieldType = field.kind === 'class' ? `class(${field.classes})` : typeText(field);
  if (inputType === fieldType) return true;
  report(
    training.shapesDiffer.at(
      input.span,
      { network, input: input.name, inputType, data: data.name, fieldType },
      { places: { field: field.span } },
    ),
  );
  return false;
}

/** A single unnamed output takes the one field that is no input. An idx source has exactly one: its class. */
function bindOutput(
  output: ModelOutput,
  model: Model,
  data: DataConfig,
  loss: Bound<LossDef>,
  places: Places,
  report: Report,
): TrainConfig['losses'][number] | null {
  const field = data.fields.find((f) => !model.inputs.some((i) => i.name === f.name));
  return field === undefined ? null : bindTarget(output, field, model, data, loss, places, report);
}

function bindTarget(
  output: ModelOutput,
  field: DataField,
  model: Model,
  data: DataConfig,
  loss: Bound<LossDef>,
  places: Places,
  report: Report,
): TrainConfig['losses'][number] | null {
  const path = output.source.kind === 'layer' ? output.source.path : output.source.name;
  const layer = model.layers.find((l) => l.path === path);
  const width = output.type.shape.length === 2 ? output.type.shape[1] : undefined;
  if (field.kind === 'class' && typeof width === 'number' && width !== field.classes) {
    const facts = {
      layer: path,
      width,
      field: field.name,
      classes: field.classes,
      data: data.name,
      network: model.network,
    };
    report(
      training.classesDiffer.at(places.loss, facts, { places: { layer: layer?.span ?? null, field: field.span } }),
    );
    return null;
  }
  const target = loss.def.target(output.type, field.kind === 'class' ? field.classes : null);
  if ('fault' in target) {
    report(namingProducer(target.fault(places.loss, layer?.span ?? null), layer ?? null));
    return null;
  }
  return { output: output.name, target: field.name, loss, targetType: target };
}
