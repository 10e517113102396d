/** What can be wrong with data, whatever format they come in. */
import type { RuntimeError } from './errors.ts';

const define = <Facts extends object>(error: RuntimeError<Facts>): RuntimeError<Facts> => error;
const counted = (n: number): string => n.toLocaleString('en-US');
const samples = (n: number): string => `${counted(n)} ${n === 1 ? 'sample' : 'samples'}`;
const quoted = (names: readonly string[]): string => names.map((n) => `\`${n}\``).join(', ');
const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
/** A long list is cut. */
const some = (names: readonly string[]): string =>
  names.length <= 12 ? quoted(names) : `${quoted(names.slice(0, 12))} and ${names.length - 12} more`;

const parts = {
  limitTooLarge: define<{ part: 'train' | 'test'; limit: number; samples: number }>({
    code: 'NRM5060',
    title: 'a limit above the number of samples',
    message: (f) =>
      `\`limit\` asks for ${samples(f.limit)} ${f.part === 'train' ? 'to train on' : 'to test with'}, there ${f.samples === 1 ? 'is' : 'are'} ${counted(f.samples)}`,
    help: (f) => `write ${counted(f.samples)} or less, or leave it out to use all`,
  }),
  longBatch: define<{ batch: number; samples: number }>({
    code: 'NRM5061',
    title: 'a batch is longer than the training part',
    message: (f) =>
      `\`batch: ${f.batch}\` is more than the ${samples(f.samples)} to train on: an epoch is one update of all of them`,
    help: (f) => `write \`batch: ${f.samples}\` if that is meant, or less for several updates an epoch`,
  }),
  tooFewForTest: define<{ samples: number; share: number; held: number }>({
    code: 'NRM5075',
    title: 'a test share takes none of the samples, or all',
    message: (f) =>
      `${Number((f.share * 100).toPrecision(12))}% of ${samples(f.samples)} is ${f.held === 0 ? 'none' : 'all'}`,
    help: () => 'use another `test` share, or more data',
  }),
};

const places = {
  otherKind: define<{ place: string; wanted: 'file' | 'folder' }>({
    code: 'NRM5083',
    title: 'a folder in the place of a file, or a file in the place of a folder',
    message: (f) => `${f.place} is a ${f.wanted === 'file' ? 'folder' : 'file'}; this source reads a ${f.wanted}`,
    help: (f) =>
      f.wanted === 'file'
        ? 'folders are read by `images`, `npy`, `idx` and `cifar`; or name a file in it'
        : 'single files are read by `csv`, `npz` and `safetensors`; or name the folder that holds it',
  }),
};

const values = {
  valueNotFinite: define<{ file: string; place: string; field: string; value: number }>({
    code: 'NRM5062',
    title: 'a value of the data is not finite',
    message: (f) => `${f.file}: \`${f.field}\` holds ${f.value} in ${f.place}`,
    help: () =>
      'one such value would make every weight that it touches useless: leave the sample out, or fill the value in',
  }),
  valueNotWhole: define<{ file: string; place: string; field: string; value: number }>({
    code: 'NRM5063',
    title: 'a field of whole numbers holds another number',
    message: (f) => `${f.file}: \`${f.field}\` is int32 and holds ${f.value} in ${f.place}`,
    help: (f) =>
      Number.isInteger(f.value)
        ? 'whole numbers go from -2147483648 to 2147483647'
        : 'write `float32` in the type of the field and of the input',
  }),
};

const firstLineIsSample =
  'its first line looks like a sample: `csv("…", header: false)` says that it is one; columns then go by number';

const tables = {
  csvCells: define<{ file: string; line: number; found: number; expected: number }>({
    code: 'NRM5064',
    title: 'a line of a table has another number of cells',
    message: (f) =>
      `${f.file}: line ${counted(f.line)} has ${f.found} ${f.found === 1 ? 'cell' : 'cells'}, the first one has ${f.expected}`,
    help: (f) =>
      f.found === 1 || f.expected === 1
        ? 'if something else than a comma stands between cells: `csv("…", separator: ";")`'
        : 'a cell that holds the separator itself stands in double quotes',
  }),
  csvCell: define<{
    file: string;
    line: number;
    column: string;
    cell: string;
    field: string;
    kind: 'tensor' | 'class';
    /** It is the first line of a table whose columns have no names. */
    asNames: boolean;
    /** The table has one column. */
    single: boolean;
  }>({
    code: 'NRM5065',
    title: 'a cell of a table is not a number',
    message: (f) =>
      `${f.file}: line ${counted(f.line)}, column \`${f.column}\` of field \`${f.field}\`: ${f.cell.trim() === '' ? 'the cell is empty' : `${JSON.stringify(f.cell)} is not a number`}`,
    help(f) {
      const separator = f.single ? /[;\t,|]/.exec(f.cell)?.[0] : undefined;
      if (separator !== undefined)
        return `the table has a single column: say what stands between its cells, \`csv("…", separator: ${separator === '\t' ? 'tab' : JSON.stringify(separator)})\``;
      if (/^(|-|\?|n\/?a|null|none|missing)$/i.test(f.cell.trim())) return 'fill it in, or leave the line out';
      if (/^[-+]?\d*,\d+$/.test(f.cell)) return `write \`${f.cell.replace(',', '.')}\`: decimals come after a point`;
      if (f.asNames) return 'if the first line names the columns, leave `header: false` out';
      return f.kind === 'class'
        ? `write classes as numbers from 0, in pandas \`df["${f.column}"] = df["${f.column}"].astype("category").cat.codes\``
        : `a field is made of numbers: write them in place of words, or leave the column out, \`columns: { ${f.field}: […] }\` lists the others`;
    },
  }),
  csvColumns: define<{
    file: string;
    field: string;
    missing: readonly string[];
    found: readonly string[];
    /** The first line names the columns. */
    named: boolean;
    /** It consists of numbers. */
    numbers: boolean;
  }>({
    code: 'NRM5066',
    title: 'a table does not have the columns of a field',
    message: (f) => `${f.file} has no column ${quoted(f.missing)} for field \`${f.field}\`; it has ${some(f.found)}`,
    help(f) {
      if (f.found.length === 1)
        return 'the table has a single column: say what stands between its cells, as in `csv("…", separator: ";")`';
      if (!f.named)
        return `with \`header: false\` columns go by number from 1: \`columns: { ${f.field}: ${f.found.length} }\``;
      if (f.numbers) return firstLineIsSample;
      if (f.missing.every((name) => /^\d+$/.test(name)))
        return 'write the names of the columns; they go by number where no line names them, `csv("…", header: false)`';
      return `name the field after its column, or list its columns: \`columns: { ${f.field}: [${f.found
        .slice(0, 2)
        .map((c) => JSON.stringify(c))
        .join(', ')}] }\``;
    },
  }),
  csvColumnsLeft: define<{
    file: string;
    field: string;
    dtype: string;
    shape: readonly number[];
    left: readonly string[];
    /** The first line consists of numbers. */
    numbers: boolean;
    /** The columns of an input are those of the weights' data. */
    predicting?: boolean;
  }>({
    code: 'NRM5080',
    title: 'a table has another number of columns than a field has values',
    message: (f) =>
      `${f.file} leaves ${f.left.length} ${f.left.length === 1 ? 'column' : 'columns'} for \`${f.field}: ${f.dtype}${shapeText(f.shape)}\`, which takes ${f.shape.reduce((a, b) => a * b, 1)}: ${some(f.left)}`,
    help(f) {
      if (f.left.length <= 1)
        return 'if it has more columns, say what stands between cells, as in `csv("…", separator: ";")`';
      if (f.numbers) return firstLineIsSample;
      if (f.predicting === true) return 'leave columns that are no part of it out of the file';
      const nameless = f.left.includes('')
        ? 'the column without a name may be the index that pandas writes (`to_csv(file, index=False)` leaves it out); '
        : '';
      const names = f.left.filter((name) => name !== '').slice(0, 2);
      return `${nameless}list those that belong to it, \`columns: { ${f.field}: [${names.map((c) => JSON.stringify(c)).join(', ')}, …] }\`, or write \`${f.dtype}[${f.left.length}]\` in the data and in the network`;
    },
  }),
  csvNameTwice: define<{ file: string; field: string; column: string; places: readonly number[] }>({
    code: 'NRM5081',
    title: 'two columns of a table have one name',
    message: (f) =>
      `${f.file}: columns ${f.places.slice(0, -1).join(', ')} and ${f.places.at(-1)} are both called \`${f.column}\`; which one field \`${f.field}\` means is not known`,
    help: () => 'give each column a name of its own in the first line of the file',
  }),
  csvNotText: define<{ file: string; line: number; wide: boolean }>({
    code: 'NRM5079',
    title: 'a table is not text in UTF-8',
    message: (f) =>
      f.wide ? `${f.file} is text in UTF-16, not in UTF-8` : `${f.file}: line ${counted(f.line)} is not text in UTF-8`,
    help: () => 'save it as UTF-8: in a spreadsheet "CSV UTF-8", in Python `open(file, "w", encoding="utf-8")`',
  }),
  csvBroken: define<{ file: string; line: number; why: string }>({
    code: 'NRM5067',
    title: 'a table cannot be read',
    message: (f) => `${f.file}: line ${counted(f.line)}: ${f.why}`,
    help: () => 'cells with quotes in them are written `"so ""quoted"""`',
  }),
};

const arrays = {
  notNumpy: define<{ file: string; why: string; instead?: string }>({
    code: 'NRM5068',
    title: 'a file of NumPy arrays cannot be read',
    message: (f) => `${f.file} cannot be read: ${f.why}`,
    help: (f) => f.instead ?? 'write it again with `numpy.save` or `numpy.savez`; a transfer may have been cut short',
  }),
  arrayMissing: define<{ file: string; field: string; found: readonly string[] }>({
    code: 'NRM5069',
    title: 'a file has no array for a field',
    message: (f) =>
      `${f.file} has no array \`${f.field}\`; it ${f.found.length === 0 ? 'is empty' : `has ${some(f.found)}`}`,
    help: (f) => `name the array after the field, as in \`numpy.savez(file, ${f.field}=…)\``,
  }),
};

const pictures = {
  imageDamaged: define<{ file: string; why: string }>({
    code: 'NRM5070',
    title: 'an image cannot be read',
    message: (f) => `${f.file} is not an image that can be read: ${f.why}`,
    help: () => 'PNG and JPEG files are read; the file may be of another format, or cut short',
  }),
  imageSize: define<{ file: string; found: readonly number[]; field: string; shape: readonly (number | string)[] }>({
    code: 'NRM5071',
    title: 'an image does not have the size of its field',
    message: (f) =>
      `${f.file} has ${f.found[0]} × ${f.found[1]} pixels (height × width), \`${f.field}\` is [${f.shape.join(', ')}]`,
    help: () => 'write `images("…", resize: true)` to bring all images to that size, or change the field and the input',
  }),
  classFolders: define<{
    file: string;
    found: readonly string[];
    field: string;
    classes: number;
    /** Folders of it that have folders with images. */
    below: readonly string[];
  }>({
    code: 'NRM5072',
    title: 'a folder of images does not have a folder for each class',
    message: (f) =>
      `${f.file} has ${f.found.length === 0 ? 'no folders with images' : `${f.found.length} folders (${some(f.found)})`}, \`${f.field}: class(${f.classes})\` needs ${f.classes}`,
    help: (f) =>
      f.found.length === 0 && f.below.length > 0
        ? `classes are the folders of a part: name it, \`images("…/${f.below[0]}")\``
        : f.found.length < 2
          ? 'images of a class lie in a folder of their own: `cats/1.png`, `dogs/1.png`'
          : `write \`${f.field}: class(${f.found.length})\`, or move folders that are no classes away`,
  }),
  strayImages: define<{ file: string; count: number; classes: boolean; deep: boolean }>({
    code: 'NRM5082',
    title: 'an image lies in no folder of a class',
    message: (f) =>
      `${f.file} ${f.deep ? 'lies too deep' : 'lies in no folder of a class'}${f.count === 1 ? '' : `, as ${counted(f.count - 1)} more ${f.count === 2 ? 'does' : 'do'}`}`,
    help: (f) =>
      f.classes
        ? 'images of a class lie in its folder and not deeper, as `cats/1.png`: move it there, or out of the data'
        : 'images lie in the folder itself or in folders of it, not deeper: move it up, or out of the data',
  }),
  unknownClass: define<{ file: string; folder: string; known: readonly string[] }>({
    code: 'NRM5073',
    title: 'a test image is of a class that is not trained on',
    message: (f) => `${f.file} has a folder \`${f.folder}\`; the classes that are trained on are ${some(f.known)}`,
    help: () => 'classes go by the names of their folders: rename it, or add it to the training images',
  }),
  cifarLength: define<{ file: string; record: number; found: number }>({
    code: 'NRM5074',
    title: 'a CIFAR file does not hold whole images',
    message: (f) =>
      `${f.file} has ${counted(f.found)} bytes, which is not a whole number of images of ${counted(f.record)} bytes each`,
    help: () => 'unpack the *binary version* of CIFAR-10 or CIFAR-100; a transfer may have been cut short',
  }),
};

const program = {
  sampleField: define<{ part: string; place: string; field: string; found: string; shape: readonly number[] }>({
    code: 'NRM5076',
    title: 'a sample from a program does not have what its field needs',
    message: (f) => `${f.place} of \`${f.part}\`: \`${f.field}\` is ${f.found}`,
    help: (f) =>
      f.shape.length === 0
        ? 'a class is one whole number'
        : `${shapeText(f.shape)} is ${f.shape.reduce((a, b) => a * b, 1)} numbers, the last axis running fastest`,
  }),
  noTestSamples: define<{ data: string }>({
    code: 'NRM5077',
    title: 'a program gives no samples to test with',
    message: (f) => `data \`${f.data}\` has no test part: neither \`test\` samples nor a share of the training part`,
    help: () => 'give `test` beside `train`, or write `test: 20%` in the data',
  }),
};

const preview = {
  notAnImage: define<{ field: string; shape: readonly number[] }>({
    code: 'NRM5078',
    title: 'a preview of something that is no image',
    message: (f) => `\`${f.field}\` is no image: ${shapeText(f.shape)} is not [height, width, channels]`,
    help: () => '`nrmc data FILE` without `--preview` shows its values',
  }),
};

export const dataErrors = { ...preview, ...parts, ...places, ...values, ...tables, ...arrays, ...pictures, ...program };
