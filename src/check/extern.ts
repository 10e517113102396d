/** `extern layer`: a layer of the user's own, with a declared shape rule. It has no weights. Nothing here reads or runs its module. */
import { externs } from '../diagnostics/catalog/externs.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { AttrValue, Shape } from '../ir/graph.ts';
import { isFault } from '../ir/op.ts';
import { extern } from '../ir/ops/extern.ts';
import { layers } from '../ir/ops/index.ts';
import { sameShape } from '../ir/ops/rules.ts';
import { type LayerDef, layer } from '../ir/vocabulary.ts';
import type { ExternDeclaration } from '../parser/tree.ts';
import { entryOf } from './bind.ts';
import { type Extern, readExtern } from './extern/declaration.ts';
import { resultShape } from './extern/fit.ts';
import { modulePath, wrongPath } from './extern/module.ts';
import { takenBy } from './naming.ts';
import type { Scope } from './scope.ts';

/** The layer that a declaration makes; undefined when something is wrong with it, which `checkExtern` says. */
export function externLayer(declaration: ExternDeclaration, scope: Scope): LayerDef | undefined {
  const read = readExtern(declaration, () => {});
  const module = modulePath(declaration, scope);
  return read === null || module === null ? undefined : layerOf(read, declaration.doc, module);
}

const layerOf = (read: Extern, doc: string, module: string): LayerDef =>
  layer({
    name: read.name,
    doc: doc === '' ? `a layer of this project: ${module}` : doc,
    use: 'step',
    subtractsMean: false,
    signature: read.parameters,
    weights(input, args) {
      const found = resultShape(read, input, args);
      return isFault(found) ? found : [];
    },
    lower({ build, x, args, name }) {
      const type = build.typeOf(x);
      const found = resultShape(read, type, args);
      if (isFault(found)) throw new Error(`\`${read.name}\` was lowered on a value that does not fit it`);
      const own = Object.keys(read.parameters).map((key): readonly AttrValue[] => [key, args[key] ?? null]);
      return build.one(
        extern,
        [x],
        { name: read.name, module, args: own, shape: unlessSame(found.shape, type.shape) },
        name,
      );
    },
  });

const unlessSame = (shape: Shape, x: Shape): Shape | null => (sameShape(shape, x.slice(1)) ? null : shape);

/** What has the name already. One that is declared twice is reported as that. */
function takenFor(name: string, scope: Scope): string | null {
  const fills = entryOf(layers, name)?.use;
  if (fills !== undefined && fills !== 'step') return `what fills \`${fills}\``;
  return name === '' ? null : takenBy(name, { ...scope, externs: new Map() });
}

/** Everything that is wrong with a declaration by itself. */
export function checkExtern(d: ExternDeclaration, scope: Scope, report: Report): void {
  const by = takenFor(d.name.text, scope);
  if (by !== null) report(externs.nameTaken.at(d.name.span, { name: d.name.text, by }));
  readExtern(d, report);
  const wrong = d.from === null ? null : wrongPath(d.from.value);
  if (d.from !== null && wrong !== null) report(externs.notAModule.at(d.from.span, { path: d.from.value, ...wrong }));
}
