/** The confusion of classes for the report, beside what the train asks to be measured. */
import type { Comparison } from '../../comparison.ts';
import type { MetricConfig, RunConfig } from '../../model.ts';

const metric = 'confusion_matrix';
/** Under no name that a metric of a spec has. */
const hidden = 'confusion of the report';
/** A matrix of more classes is larger than everything else together. */
const mostClasses = 200;

/** The outputs that are compared with classes and say which one they are for. */
function classOutputs({ data, outputs }: Pick<RunConfig, 'data' | 'outputs'>): readonly string[] {
  const classes = new Map(data.fields.flatMap((f) => (f.kind === 'class' ? [[f.name, f.classes] as const] : [])));
  return outputs
    .filter((o) => o.threshold !== null && (classes.get(o.target) ?? Number.POSITIVE_INFINITY) <= mostClasses)
    .map((o) => o.name);
}

export const withConfusion = <C extends Pick<RunConfig, 'data' | 'outputs' | 'metrics'>>(config: C): C => ({
  ...config,
  metrics: [...config.metrics, ...classOutputs(config).map((output): MetricConfig => ({ output, metric, as: hidden }))],
});

/** The comparison as it was asked for, and the matrices by output. */
export function takeConfusion(comparison: Comparison): {
  readonly comparison: Comparison;
  readonly confusion: Readonly<Record<string, unknown>>;
} {
  const outputs = Object.entries(comparison.scores.outputs);
  const confusion = outputs.flatMap(([name, { [hidden]: found }]) =>
    found === undefined ? [] : [[name, found] as const],
  );
  const others = outputs.map(([name, { [hidden]: _, ...scores }]) => [name, scores] as const);
  return {
    comparison: { ...comparison, scores: { ...comparison.scores, outputs: Object.fromEntries(others) } },
    confusion: Object.fromEntries(confusion),
  };
}
