/** Inputs and data, explained. */

import { preprocessingText, samplesText, sourceText } from '../data/text.ts';
import type { Model, TrainConfig } from '../model.ts';
import type { BuiltNetwork } from '../network.ts';
import { typeText } from '../types.ts';
import type { DataExplanation, InputExplanation } from './explanation.ts';

export function explainInput(
  { name, type, span }: Model['inputs'][number],
  { model }: BuiltNetwork,
  train: TrainConfig | null,
): InputExplanation {
  const field = train?.data.fields.find((f) => f.name === name);
  return {
    kind: 'input',
    network: model.network,
    policy: model.policy,
    name,
    dtype: type.dtype,
    shape: type.shape,
    span,
    takenBy: model.layers.flatMap((l) =>
      l.sources.some((s) => s.kind === 'input' && s.name === name) ? [l.path] : [],
    ),
    preprocessing: field?.kind === 'tensor' ? preprocessingText(field.preprocessing) : null,
  };
}

export function explainData({ name, data, model, losses }: TrainConfig): DataExplanation {
  const useOf = (field: string): string => {
    const outputs = losses.flatMap((l) => (l.target === field ? [l.output] : []));
    return model.inputs.some((i) => i.name === field)
      ? `input of ${model.network}`
      : outputs.length === 0
        ? 'not used'
        : `compared with ${outputs.join(', ')}`;
  };
  return {
    kind: 'data',
    name: data.name,
    train: name,
    span: data.span,
    source: sourceText(data.source),
    validation: data.validation,
    parts: samplesText(data),
    fields: data.fields.map((f) => ({
      name: f.name,
      text: f.kind === 'class' ? `class(${f.classes})` : `${typeText(f)} = ${preprocessingText(f.preprocessing)}`,
      use: useOf(f.name),
      span: f.span,
    })),
  };
}
