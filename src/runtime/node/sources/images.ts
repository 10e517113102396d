/** Folders of images: one folder a class, classes in the order of their names. Without a class field, all images that are there. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { failure, runtimeErrors } from '../../errors.ts';
import type { DataField, DataSource } from '../../model.ts';
import { FolderDigest } from '../digest.ts';
import { reasonOf } from '../files.ts';
import { decodePicture, resized, withChannels } from '../picture.ts';
import { locate, type Opened, type Request, readRaw, type Where } from './source.ts';

type Images = Extract<DataSource, { readonly kind: 'images' }>;
type TensorField = Extract<DataField, { readonly kind: 'tensor' }>;

interface Item {
  readonly file: string;
  readonly label: number;
}

export function openImages(source: Images, { fields, data, where, classes: known }: Request): Opened {
  const { place: folder, root } = locate(source.name, 'folder', where);
  return {
    folder: root,
    root,
    read() {
      const label = data.fields.find((f) => f.kind === 'class');
      const { items, classes } = label === undefined ? listed(folder) : labelled(folder, label, known);
      if (items.length === 0) throw failure(runtimeErrors.noSamples, { file: folder });
      const digest = new FolderDigest();
      const place = (i: number): string => path.relative(folder, items[i]?.file ?? '');
      const image = fields.find((f) => f.kind === 'tensor');
      const values = readImages(items, image, source.resize, (file, bytes) =>
        digest.add(path.relative(folder, file).replaceAll(path.sep, '/'), bytes),
      );
      const columns = fields.map((field) => ({
        field,
        shape: field.kind === 'tensor' ? field.shape : [],
        count: items.length,
        values: field.kind === 'tensor' ? values : Int32Array.from(items, (item) => item.label),
        file: folder,
        place,
      }));
      return { columns, files: { [`${source.name}/`]: digest.value }, classes };
    },
  };
}

/** Names of the classes that a folder of training images has. */
export const classesIn = (source: Images, where: Where): readonly string[] =>
  foldersIn(locate(source.name, 'folder', where).place);

/** The bytes of all images, one after the other; each file is shown on the way. */
function readImages(
  items: readonly Item[],
  field: TensorField | undefined,
  resize: boolean,
  seen: (file: string, bytes: Uint8Array) => void,
): Uint8Array {
  const [height = 0, width = 0, channels = 0] = field?.shape ?? [];
  const size = height * width * channels;
  const values = new Uint8Array(items.length * size);
  for (const [i, { file }] of items.entries()) {
    const bytes = readRaw(file);
    seen(file, bytes);
    if (field !== undefined) values.set(readPicture(bytes, file, field.name, field.shape, resize), i * size);
  }
  return values;
}

/** One image in the shape of a field. */
export function readPicture(
  bytes: Uint8Array,
  file: string,
  field: string,
  shape: readonly (number | string)[],
  resize: boolean,
): Uint8Array {
  const [height, width, channels] = shape;
  const picture = decodePicture(bytes, file);
  const other = picture.height !== height || picture.width !== width;
  if (typeof height !== 'number' || typeof width !== 'number' || (other && !resize)) {
    const found = [picture.height, picture.width];
    throw failure(runtimeErrors.imageSize, { file, found, field, shape });
  }
  // Channels first: a grey image is cheaper to resize.
  return resized(withChannels(picture, Number(channels)), height, width).values;
}

/** Files that hold an image by their names, whether or not they can be read. */
const imageName = /\.(png|jpe?g|gif|webp|bmp|tiff?)$/i;

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.'))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  } catch (error) {
    throw failure(runtimeErrors.dataUnreadable, { file: folder, why: reasonOf(error) });
  }
}

const imagesIn = (folder: string): readonly string[] =>
  entriesOf(folder).flatMap((e) => (!e.isDirectory() && imageName.test(e.name) ? [path.join(folder, e.name)] : []));

const foldersIn = (folder: string): readonly string[] =>
  entriesOf(folder).flatMap((e) => (e.isDirectory() && imagesIn(path.join(folder, e.name)).length > 0 ? [e.name] : []));

const subfoldersOf = (folder: string): readonly string[] =>
  entriesOf(folder).flatMap((e) => (e.isDirectory() ? [path.join(folder, e.name)] : []));

/** Images that lie deeper than the folders of a folder: nothing would read them. */
const deeper = (folder: string): readonly string[] =>
  subfoldersOf(folder).flatMap((place) => {
    const below = (at: string): readonly string[] => subfoldersOf(at).flatMap((f) => [...imagesIn(f), ...below(f)]);
    return below(place);
  });

/** Samples that would be left out without a word. */
function refuseStray(stray: readonly string[], facts: { readonly classes: boolean; readonly deep: boolean }): void {
  const [file] = stray;
  if (file !== undefined) throw failure(runtimeErrors.strayImages, { file, count: stray.length, ...facts });
}

function labelled(
  folder: string,
  field: Extract<DataField, { readonly kind: 'class' }>,
  known: readonly string[] | undefined,
): { readonly items: readonly Item[]; readonly classes: readonly string[] } {
  const folders = foldersIn(folder);
  const classes = known ?? folders;
  const strange = folders.find((name) => !classes.includes(name));
  if (strange !== undefined)
    throw failure(runtimeErrors.unknownClass, { file: folder, folder: strange, known: classes });
  if (classes.length !== field.classes || folders.length === 0)
    throw failure(runtimeErrors.classFolders, {
      file: folder,
      found: folders,
      field: field.name,
      classes: field.classes,
      below: subfoldersOf(folder)
        .filter((place) => foldersIn(place).length > 0)
        .map((place) => path.basename(place)),
    });
  refuseStray(imagesIn(folder), { classes: true, deep: false });
  refuseStray(deeper(folder), { classes: true, deep: true });
  const items = folders.flatMap((name) =>
    imagesIn(path.join(folder, name)).map((file) => ({ file, label: classes.indexOf(name) })),
  );
  return { items, classes };
}

function listed(folder: string): { readonly items: readonly Item[]; readonly classes: readonly string[] } {
  refuseStray(deeper(folder), { classes: false, deep: true });
  const all = [folder, ...foldersIn(folder).map((name) => path.join(folder, name))];
  return { items: all.flatMap((place) => imagesIn(place).map((file) => ({ file, label: 0 }))), classes: [] };
}
