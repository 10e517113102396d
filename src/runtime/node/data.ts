/** A data set from its files to samples: found, read, and handed to `prepare`. */
import type { Samples } from '../batches.ts';
import { type FieldUse, type FittedFields, type Prepared, prepare, prepareTest, usedFields } from '../data.ts';
import type { DataSource, RunConfig } from '../model.ts';
import { classesIn } from './sources/images.ts';
import { open } from './sources/index.ts';
import type { Where } from './sources/source.ts';

export { sha256 } from './digest.ts';

export interface LoadedData extends Prepared {
  readonly folder: string;
  /** sha256 of each file by its name; of a folder of images one for all of them. */
  readonly files: Readonly<Record<string, string>>;
}

/** What of a run's configuration says which data it reads. */
export type LoadConfig = FieldUse & Pick<RunConfig, 'seed'>;

/** Reads all parts of a train's data: the fields that it uses, and no others. */
export function loadData(config: LoadConfig, where: Where): LoadedData {
  const { data } = config;
  const fields = usedFields(config);
  const own = data.test === undefined;
  const source = open(data.source, { fields, data, where, parts: own ? ['train', 'test'] : ['train'] });
  const train = source.read('train');
  const other = testSource(data.test);
  const elsewhere =
    other && open(other, { fields, data, where, parts: ['test'], classes: classesFor(other, train.classes) });
  const test = own ? source.read('test') : (elsewhere?.read('test') ?? null);
  // Two sources may have files of one name.
  const tested = Object.entries(test?.files ?? {}).map(([name, hash]) => [
    elsewhere === null ? name : `test: ${name}`,
    hash,
  ]);
  return {
    ...prepare(config, train.columns, test?.columns ?? null),
    folder: elsewhere === null ? source.folder : source.root,
    files: { ...train.files, ...Object.fromEntries(tested) },
  };
}

const testSource = (test: RunConfig['data']['test']): DataSource | null =>
  test === undefined || typeof test === 'number' ? null : test;

/** Classes count by name where both parts are folders. */
const classesFor = (test: DataSource, train: readonly string[] | undefined): readonly string[] | undefined =>
  test.kind === 'images' && train !== undefined && train.length > 0 ? train : undefined;

/** The test part alone, under preprocessing that was fitted before. */
export function loadTest(config: Omit<LoadConfig, 'seed'>, where: Where, preprocessing: FittedFields): Samples {
  const { data } = config;
  const fields = usedFields(config);
  const other = testSource(data.test);
  const part = typeof data.test === 'number' ? 'train' : 'test';
  const train = other?.kind === 'images' && data.source.kind === 'images' ? classesIn(data.source, where) : undefined;
  const classes = other === null ? undefined : classesFor(other, train);
  const source = open(other ?? data.source, { fields, data, where, parts: [part], classes });
  return prepareTest(data, source.read(part).columns, preprocessing);
}
