/** What is no error, and so can be allowed at a place, or have another level in a project. */
import type { CatalogEntry } from './index.ts';
import { lints } from './lints.ts';
import { passes } from './passes.ts';

export const settable: readonly CatalogEntry[] = [...Object.values(lints), ...Object.values(passes)].filter(
  (d) => d.severity !== 'error',
);
