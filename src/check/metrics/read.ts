/** `metrics: [accuracy, top_k(5), f1(average: micro)]`: each is read, and measured of every output that it fits. */
import { losses as errors } from '../../diagnostics/catalog/losses.ts';
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { Value } from '../../ir/value.ts';
import { bindEntry } from '../entries.ts';
import type { Model, TrainConfig } from '../model.ts';
import { refuseWith } from '../train-settings.ts';
import { typeText } from '../types.ts';
import { emptyEnvironment } from '../values.ts';
import { type MetricDef, sameArguments, metrics as table } from './table.ts';

interface ReadMetric {
  readonly bound: Bound<MetricDef>;
  readonly span: Span;
}

/** Null after an error. */
export function readMetrics(value: Value | undefined, report: Report): readonly ReadMetric[] | null {
  if (value === undefined) return [];
  const items = value.kind === 'list' ? value.items : [value];
  const vocabulary = { table, kind: 'metric', noun: 'metric', article: 'a' } as const;
  let failed = false;
  const read: ReadMetric[] = [];
  for (const item of items) {
    const bound = bindEntry(item, vocabulary, emptyEnvironment, report, refuseWith('metrics', report));
    if (bound === null) {
      failed = true;
      continue;
    }
    const first = read.find((m) => m.bound.def === bound.def && sameArguments(m.bound.args, bound.args));
    if (first !== undefined) {
      failed = true;
      const facts = { what: '`metrics`:', name: bound.def.name, key: bound.def.name };
      report(training.keyTwice.at(item.span, facts, { places: { first: first.span } }));
    } else read.push({ bound, span: item.span });
  }
  return failed ? null : read;
}

type Target = TrainConfig['losses'][number];

/** Each metric with the outputs that it fits; null after saying that one fits none. */
export function fitMetrics(
  read: readonly ReadMetric[],
  targets: readonly Target[],
  model: Model,
  report: Report,
): TrainConfig['metrics'] | null {
  let failed = false;
  for (const { bound, span } of read) {
    const misfits = targets.map((target) => misfit(bound, target));
    const [first] = misfits;
    if (first === null || first === undefined || misfits.includes(null)) continue;
    failed = true;
    const output = model.outputs.find((o) => o.name === targets[0]?.output);
    report(
      errors.metricMisfit.at(span, { metric: bound.def.name, ...first }, { places: { output: output?.span ?? null } }),
    );
  }
  if (failed) return null;
  return targets.flatMap((target) =>
    read.flatMap(({ bound }) => (misfit(bound, target) === null ? [{ output: target.output, metric: bound }] : [])),
  );
}

/** Why a metric cannot be measured of an output; null when it can. */
function misfit({ def, args }: Bound<MetricDef>, { output, target, field, loss, probabilities, decides }: Target) {
  if (def.of === 'classes' && field.kind !== 'class') {
    const found = `\`${output}\` is compared with \`${target}\`, which is ${typeText(field)}`;
    return { needs: 'classes, `class(n)`', found };
  }
  if (def.of === 'classes' && decides === null) {
    const found = `\`${output}\` is one number, and \`${loss.def.name}\` does not say which numbers stand for which class`;
    return { needs: 'an output for each class', found };
  }
  if (def.of === 'numbers' && field.kind === 'class')
    return { needs: 'numbers', found: `\`${output}\` is compared with \`${target}\`, one of ${field.classes} classes` };
  if (def.of === 'numbers' && probabilities !== null)
    return {
      needs: 'a loss of numbers',
      found: `\`${output}\` is trained with \`${loss.def.name}\`, which takes it as logits`,
    };
  if (def.probabilities && probabilities === null)
    return {
      needs: 'probabilities, which a cross entropy implies',
      found: `\`${output}\` is trained with \`${loss.def.name}\`, which says nothing of them`,
    };
  const { k } = args;
  if (field.kind === 'class' && typeof k === 'number' && k >= field.classes)
    return { needs: `more than ${k} classes`, found: `\`${target}\` has ${field.classes}, so it is always right` };
  return null;
}
