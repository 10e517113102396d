import { printFile } from '../parser/print.ts';
import type { DataDeclaration, Field, Setting, SourceFile, TrainDeclaration } from '../parser/tree.ts';
import type { DataField } from './model.ts';
import { resolvedNetwork, resolvedParts } from './resolved-network.ts';
import { resolvedPolicy } from './resolved-policy.ts';
import { argument, call, fromBound, list, name, nowhere, number, setting, text, word } from './syntax.ts';
import type { CheckedTrain } from './train.ts';

/** The text of `resolvedFile`. */
export const resolvedSpec = (train: CheckedTrain): string => printFile(resolvedFile(train));

export function resolvedFile(train: CheckedTrain): SourceFile {
  const policy = train.origin.policy;
  return {
    file: nowhere.file,
    edition: { version: 1, span: nowhere },
    declarations: [
      ...resolvedParts(train.origin),
      resolvedNetwork(train.origin),
      ...(policy === null ? [] : [resolvedPolicy({ ...train.origin, policy })]),
      resolvedData(train),
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
      setting('source', call(data.source.kind, [argument(null, text(data.source.name))])),
      setting('validation', number(data.validation)),
    ],
    fields: data.fields.map(resolvedField),
  };
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
    preprocessing: word(field.preprocessing),
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
      setting('metrics', list(train.metrics.map((m) => word(m)))),
      setting('seed', number(train.seed)),
      ...(train.start === null ? [] : [setting('start', text(train.start))]),
    ],
  };
}

/** A single output needs no name. */
function resolvedLoss({ losses }: CheckedTrain): readonly Setting[] {
  const [only, ...more] = losses;
  if (only === undefined) return [];
  const each = losses.map((l) => setting(l.output, fromBound(l.loss)));
  return [
    setting('loss', more.length === 0 ? fromBound(only.loss) : { kind: 'record', settings: each, span: nowhere }),
  ];
}
