/** Where the module of a layer of the user's own lies. */
import type { ExternDeclaration } from '../../parser/tree.ts';
import { relativePath, resolvePath } from '../paths.ts';
import type { Scope } from '../scope.ts';

const endings = ['.ts', '.mts', '.js', '.mjs'];

/** Why a path cannot be that of a module of the project; null when it can. */
export function wrongPath(path: string): { readonly problem: string; readonly help: string } | null {
  if (path === '') return null; // missing, and reported by the parser
  const hasEnding = endings.some((ending) => path.endsWith(ending));
  if (!/^\.{0,2}\//.test(path.replaceAll('\\', '/')) && !/^[A-Za-z]:[\\/]/.test(path))
    return {
      problem: 'does not begin with `./`: layers of your own are modules of the project, not packages',
      help: `a path beside this file begins with \`./\`: \`"./${path}${hasEnding ? '' : '.ts'}"\``,
    };
  if (!hasEnding)
    return {
      problem: 'is not the path of a TypeScript or JavaScript module',
      help: /\.[A-Za-z]\w*$/.test(path)
        ? `write it in one of these: \`"${path.replace(/\.\w+$/, '.ts')}"\``
        : `write its ending too, such as \`"${path}.ts"\``,
    };
  const odd = /[#?%]/.exec(path);
  if (odd !== null)
    return { problem: `has a \`${odd[0]}\` in it, which means something else in imports`, help: 'rename the file' };
  return null;
}

/** The module's path from the folder of the spec; null where there is none that can be used. */
export function modulePath({ from, span }: ExternDeclaration, scope: Scope): string | null {
  if (from === null || from.value === '' || wrongPath(from.value) !== null) return null;
  return relativePath(scope.root, resolvePath(span.file, from.value));
}
