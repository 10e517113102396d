/** Tensors in a safetensors file, by the names of the fields. */
import path from 'node:path';
import { failure, runtimeErrors } from '../../errors.ts';
import { decodeSafetensors } from '../../safetensors.ts';
import { columnFrom } from './array.ts';
import { locate, type Opened, type Request, readHashed } from './source.ts';

export function openSafetensors(name: string, { fields, where }: Request): Opened {
  const { place: file, root } = locate(name, 'file', where);
  return {
    folder: root,
    root,
    read() {
      const { bytes, hash } = readHashed(file);
      const { tensors } = decodeSafetensors(bytes, file);
      const columns = fields.map((field) => {
        const tensor = tensors.get(field.name);
        if (tensor === undefined)
          throw failure(runtimeErrors.arrayMissing, { file, field: field.name, found: [...tensors.keys()] });
        return columnFrom(field, tensor, file);
      });
      return { columns, files: { [path.basename(file)]: hash } };
    },
  };
}
