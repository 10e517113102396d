/** The standard library: well-known blocks and networks in the language itself, imported by `nrmc/…`. */
import { librarySources } from './sources.ts';

/** Text by the path of the import: `nrmc/residual.nrm`. */
export const libraryFiles: ReadonlyMap<string, string> = new Map(Object.entries(librarySources));
