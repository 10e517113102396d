import { printFile } from '../parser/print.ts';
import type { DataDeclaration, Expression, Field, Setting, SourceFile, TrainDeclaration } from '../parser/tree.ts';
import { preprocessingExpression, sourceExpression } from './data/text.ts';
import type { DataConfig, DataField } from './model.ts';
import { resolvedLossDeclaration, resolvedNetwork, resolvedParts } from './resolved-network.ts';
import { resolvedPolicy } from './resolved-policy.ts';
import { argument, boolean, call, fromBound, list, name, nowhere, number, setting, text, word } from './syntax.ts';
import type { CheckedTrain } from './train.ts';

/** The text of `resolvedFile`. */
export const resolvedSpec = (train: CheckedTrain): string => printFile(resolvedFile(train));

function resolvedFile(train: CheckedTrain): SourceFile {
  const policy = train.origin.policy;
  return {
    file: nowhere.file,
    edition: { version: 1, span: nowhere },
    declarations: [
      ...resolvedParts(train.origin),
      resolvedNetwork(train.origin),
      ...(policy === null ? [] : [resolvedPolicy({ ...train.origin, policy })]),
      resolvedData(train),
      ...train.own.losses.map((d) => resolvedLossDeclaration(d, train.own.scope)),
      resolvedTrain(train),
    ],
    allowances: [],
    whole: true,
  };
}

const declared = { doc: '', span: nowhere };

function resolvedData({ data }: CheckedTrain): DataDeclaration {
  return {
    ...declared,
    kind: 'data',
    name: name(data.name),
    settings: [
      setting('source', sourceExpression(data.source)),
      ...resolvedColumns(data),
      setting('validation', number(data.validation)),
      ...resolvedSamples(data),
    ],
    fields: data.fields.map(resolvedField),
  };
}

function resolvedColumns({ columns }: DataConfig): readonly Setting[] {
  const fields = columns.map((c) => setting(c.field, list(c.columns.map(text))));
  return fields.length === 0 ? [] : [setting('columns', { kind: 'record', settings: fields, span: nowhere })];
}

/** Of the test part, limits and order only what was said: there is no word for "all", or for a source's own test part. */
function resolvedSamples({ test, limit, shuffle }: DataConfig): readonly Setting[] {
  const limits = (['train', 'test'] as const).flatMap((part) => {
    const count = limit[part];
    return count === null ? [] : [setting(part, number(count))];
  });
  return [
    ...(test === null ? [] : [setting('test', typeof test === 'number' ? number(test) : sourceExpression(test))]),
    ...(limits.length === 0 ? [] : [setting('limit', { kind: 'record', settings: limits, span: nowhere })]),
    ...(shuffle ? [] : [setting('shuffle', boolean(false))]),
  ];
}

function resolvedField(field: DataField): Field {
  const base = { name: name(field.name), span: nowhere };
  if (field.kind === 'class') {
    return {
      ...base,
      type: { kind: 'value', value: call('class', [argument(null, number(field.classes))]) },
      preprocessing: null,
    };
  }
  const dimensions = field.shape.map((size) => ({ kind: 'size' as const, value: number(size), span: nowhere }));
  return {
    ...base,
    type: { kind: 'tensor', type: { dtype: name(field.dtype), dimensions, span: nowhere } },
    preprocessing: preprocessingExpression(field.preprocessing),
  };
}

function resolvedTrain(train: CheckedTrain): TrainDeclaration {
  const { model } = train;
  return {
    ...declared,
    kind: 'train',
    name: name(train.name),
    settings: [
      setting('network', word(model.network)),
      ...(train.origin.policy === null ? [] : [setting('policy', word(train.origin.policy.identifier))]),
      setting('data', word(train.data.name)),
      ...resolvedLoss(train),
      setting('optimizer', fromBound(train.optimizer)),
      setting('schedule', fromBound(train.schedule)),
      setting('batch', number(train.batch)),
      setting('last', word(train.last)),
      setting('epochs', number(train.epochs)),
      ...resolvedLoop(train),
      setting('metrics', list(resolvedMetrics(train))),
      setting('seed', number(train.seed)),
      ...(train.start === null ? [] : [setting('start', text(train.start))]),
    ],
  };
}

/** What is not there by itself. */
const resolvedLoop = ({ accumulate, average, reuse }: CheckedTrain): readonly Setting[] => [
  ...(accumulate === 1 ? [] : [setting('accumulate', number(accumulate))]),
  ...(average === null ? [] : [setting('average', fromBound(average))]),
  ...(reuse === null
    ? []
    : [
        setting(
          'reuse_validation',
          reuse.kind === 'retrain' ? word('retrain') : call('continue', [argument('limit', number(reuse.limit))]),
        ),
      ]),
];

/** Each once, as it was asked for: which outputs it fits follows from it. */
const resolvedMetrics = ({ metrics }: CheckedTrain): readonly Expression[] =>
  [...new Set(metrics.map((m) => m.metric))].map(fromBound);

/** A single output needs no name. */
function resolvedLoss({ losses }: CheckedTrain): readonly Setting[] {
  const [only, ...more] = losses;
  if (only === undefined) return [];
  const each = losses.map((l) => setting(l.output, fromBound(l.loss)));
  return [
    setting('loss', more.length === 0 ? fromBound(only.loss) : { kind: 'record', settings: each, span: nowhere }),
  ];
}
