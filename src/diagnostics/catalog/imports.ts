/** NRM24xx: imports. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

export const imports = {
  missing: defineDiagnostic<{
    path: string;
    looked: string | null;
    library: readonly string[];
    bare: boolean;
    nearest: string | null;
  }>({
    code: 'NRM2401',
    severity: 'error',
    title: 'an import of a file that is not there',
    message: (f) =>
      f.looked === null ? `the library has no file \`${f.path}\`` : `there is no file \`${f.path}\` to import from`,
    label: (f) => (f.looked === null || f.bare ? 'not found' : `looked for ${f.looked}`),
    help: (f) =>
      didYouMean(f.nearest) ??
      (f.looked === null
        ? `the library has ${listed(quoted(f.library))}`
        : f.bare
          ? `a path beside this file begins with \`./\`: \`"./${f.path}"\`; the library's begin with \`nrmc/\``
          : 'the path is read from the folder of this file'),
  }),
  circle: defineDiagnostic<{ files: readonly string[] }>({
    code: 'NRM2402',
    severity: 'error',
    title: 'files import each other in a circle',
    message: (f) => `files import each other in a circle: ${f.files.join(' → ')}`,
    label: () => 'this import closes the circle',
    help: () => 'move what both need into a file of its own',
  }),
  outside: defineDiagnostic<{ path: string }>({
    code: 'NRM2403',
    severity: 'error',
    title: 'an import from outside of the project',
    message: (f) => `\`${f.path}\` lies outside of the project's folder`,
    label: () => 'not read',
    help: () => 'a spec reads files of its own project only; `--allow-import FOLDER` lets it read another folder too',
  }),
  unknownName: defineDiagnostic<{
    name: string;
    path: string;
    found: readonly string[];
    nearest: string | null;
    elsewhere: string | null;
  }>({
    code: 'NRM2404',
    severity: 'error',
    title: 'an import of a name that the file does not declare',
    message: (f) => `\`${f.path}\` declares no \`${f.name}\``,
    label: () => 'not declared there',
    help: (f) =>
      f.elsewhere !== null
        ? `it imports \`${f.name}\` itself; import it from ${JSON.stringify(f.elsewhere)}`
        : (didYouMean(f.nearest) ??
          (f.found.length === 0 ? 'it declares nothing' : `it declares ${listed(quoted(f.found))}`)),
  }),
  unreadable: defineDiagnostic<{ path: string }>({
    code: 'NRM2405',
    severity: 'error',
    title: 'an import of a file that cannot be read',
    message: (f) => `\`${f.path}\` cannot be read as text`,
    label: () => 'not read',
    help: () => 'a spec is a file of UTF-8 text',
  }),
  tooMany: defineDiagnostic<{ most: number }>({
    code: 'NRM2406',
    severity: 'error',
    title: 'a spec that brings too many files together',
    message: (f) => `this spec imports more than ${f.most} files`,
    label: () => 'not read any more',
    help: () => 'bring declarations together in fewer files',
  }),
};
