/** Which format reads a source. */
import type { DataSource } from '../../model.ts';
import { openCifar } from './cifar.ts';
import { openCsv } from './csv.ts';
import { openIdx } from './idx.ts';
import { openImages } from './images.ts';
import { openNpy, openNpz } from './npy.ts';
import { openSafetensors } from './safetensors.ts';
import type { Opened, Request } from './source.ts';

export function open(source: DataSource, request: Request): Opened {
  switch (source.kind) {
    case 'idx':
      return openIdx(source.name, request);
    case 'csv':
      return openCsv(source, request);
    case 'images':
      return openImages(source, request);
    case 'npy':
      return openNpy(source.name, request);
    case 'npz':
      return openNpz(source.name, request);
    case 'safetensors':
      return openSafetensors(source.name, request);
    case 'cifar':
      return openCifar(source.name, request);
  }
}
