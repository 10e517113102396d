/** Where samples come from: one entry a format, with its arguments and what it can give. */
import { flag } from '../../ir/signature.ts';
import type { SourceDef } from './definitions.ts';
import { character, quotedName } from './parameters.ts';

const idx: SourceDef = {
  name: 'idx',
  doc: 'the format of MNIST: a folder with a file for each field, `train-image-idx3-ubyte`, `t10k-label-idx1-ubyte.gz`',
  signature: { name: quotedName('the folder') },
  ownTest: true,
  table: false,
};

const csv: SourceDef = {
  name: 'csv',
  doc: 'a table as text: a line a sample; a field is the column of its name, or the columns that `columns` lists',
  signature: {
    name: quotedName('the file'),
    separator: character({ default: ',', doc: 'what stands between cells; `tab` for a tab' }),
    header: flag({ default: true, doc: 'the first line names the columns; else they are numbered from 1' }),
  },
  ownTest: false,
  table: true,
};

const images: SourceDef = {
  name: 'images',
  doc: 'a folder of PNG and JPEG files: a folder for each class, which count in the order of their names',
  signature: {
    name: quotedName('the folder'),
    resize: flag({
      default: false,
      doc: 'bring images of other sizes to the size of the field; else they are refused',
    }),
  },
  ownTest: false,
  table: false,
  refuses: (field, fields) => {
    if (fields.filter((f) => f.kind === field.kind).length > 1)
      return 'one image and, by its folder, one class for each sample';
    if (field.kind === 'class') return null;
    const [, , channels] = field.shape;
    return field.shape.length === 3 && (channels === 1 || channels === 3 || channels === 4)
      ? null
      : 'images [height, width, channels] of 1, 3 or 4 channels';
  },
};

const npy: SourceDef = {
  name: 'npy',
  doc: 'a folder with a NumPy array for each field: `image.npy`, `label.npy`',
  signature: { name: quotedName('the folder') },
  ownTest: false,
  table: false,
};

const npz: SourceDef = {
  name: 'npz',
  doc: 'NumPy arrays in one file, by the names of the fields',
  signature: { name: quotedName('the file') },
  ownTest: false,
  table: false,
};

const safetensors: SourceDef = {
  name: 'safetensors',
  doc: 'tensors in one file, by the names of the fields',
  signature: { name: quotedName('the file') },
  ownTest: false,
  table: false,
};

const cifar: SourceDef = {
  name: 'cifar',
  doc: 'the binary version of CIFAR-10 or CIFAR-100; of the latter, field `coarse` holds the 20 superclasses',
  signature: { name: quotedName('the folder') },
  ownTest: true,
  table: false,
  refuses: (field, fields) => {
    if (field.kind === 'class') return null;
    if (fields.filter((f) => f.kind === 'tensor').length > 1) return 'one image for each sample';
    return field.shape.join() === '32,32,3' ? null : 'images [32, 32, 3]';
  },
};

export const sources: Readonly<Record<string, SourceDef>> = { idx, csv, images, npy, npz, safetensors, cifar };
