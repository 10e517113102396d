/** The declarations of a file by kind and name. */
import { names } from '../diagnostics/catalog/names.ts';
import { unsupported } from '../diagnostics/catalog/unsupported.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type {
  BlockDeclaration,
  DataDeclaration,
  Declaration,
  ExternDeclaration,
  NetworkDeclaration,
  PolicyDeclaration,
  SourceFile,
  TrainDeclaration,
} from '../parser/tree.ts';

export interface Scope {
  readonly networks: ReadonlyMap<string, NetworkDeclaration>;
  readonly policies: ReadonlyMap<string, PolicyDeclaration>;
  readonly data: ReadonlyMap<string, DataDeclaration>;
  readonly trains: ReadonlyMap<string, TrainDeclaration>;
  readonly blocks: ReadonlyMap<string, BlockDeclaration>;
  readonly externs: ReadonlyMap<string, ExternDeclaration>;
  /** What `import` would bring. */
  readonly imported: ReadonlySet<string>;
}

type Named = Exclude<Declaration, { readonly kind: 'import' }>;

/** Networks and trains are found by one name on the command line, so they share their names; every other kind has its own. */
const space = (d: Named): string =>
  d.kind === 'network' || d.kind === 'train' ? 'target' : d.kind === 'extern' ? `extern ${d.what}` : d.kind;

export function scopeOf(file: SourceFile): Scope {
  const imported = new Set(file.declarations.flatMap((d) => (d.kind === 'import' ? d.names.map((n) => n.text) : [])));
  return {
    networks: byName(file, 'network'),
    policies: byName(file, 'policy'),
    data: byName(file, 'data'),
    trains: byName(file, 'train'),
    blocks: byName(file, 'block'),
    externs: byName(file, 'extern'),
    imported,
  };
}

type OfKind<K extends Named['kind']> = Extract<Named, { readonly kind: K }>;

/** The first of each name; `checkDeclarations` reports the others. */
function byName<K extends Named['kind']>(file: SourceFile, kind: K): ReadonlyMap<string, OfKind<K>> {
  const isKind = (d: Declaration): d is OfKind<K> & Named => d.kind === kind;
  const named = file.declarations.filter(isKind).map((d): [string, OfKind<K>] => [d.name.text, d]);
  return new Map(named.toReversed());
}

/** Names declared twice, and declarations that are not compiled yet. */
export function checkDeclarations(file: SourceFile, report: Report): void {
  const first = new Map<string, Named>();
  for (const d of file.declarations) {
    const notYet = notCompiled(d);
    if (notYet !== null) report(unsupported.construct.at(notYet.span, { what: notYet.what, instead: notYet.instead }));
    if (d.kind === 'import' || d.name.text === '') continue;
    const key = `${space(d)} ${d.name.text}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, d);
    else {
      report(
        names.duplicateDeclaration.at(
          d.name.span,
          { what: kindText(d), firstWhat: kindText(before), name: d.name.text },
          { places: { first: before.name.span } },
        ),
      );
    }
  }
}

const kindText = (d: Named): string => (d.kind === 'extern' ? `extern ${d.what}` : d.kind);

function notCompiled(
  d: Declaration,
): { readonly what: string; readonly span: Span; readonly instead: string | null } | null {
  const length = d.kind === 'extern' ? `extern ${d.what}`.length : d.kind.length;
  const keyword = { ...d.span, end: Math.min(d.span.end, d.span.start + length) };
  switch (d.kind) {
    case 'import':
      return { what: '`import`', span: keyword, instead: 'copy the declarations into this file' };
    case 'block':
      return {
        what: '`block`',
        span: keyword,
        instead: 'write its steps out where it is used, as a stage: `label: { … }`',
      };
    case 'sweep':
      return { what: '`sweep`', span: keyword, instead: 'write a `train` for each case' };
    case 'search':
      return { what: '`search`', span: keyword, instead: 'write a `train` for each case' };
    case 'extern':
      return {
        what: `\`extern ${d.what}\``,
        span: keyword,
        instead: d.what === 'layer' ? 'write it with the layers there are' : '`loss: cross_entropy` in the train',
      };
    case 'loss':
      return { what: '`loss` declarations', span: keyword, instead: '`loss: cross_entropy` in the train' };
    default:
      return null;
  }
}

/** The declaration that a name stands for, or null after saying that there is none. */
export function find<T>(
  what: 'network' | 'policy' | 'data' | 'train',
  table: ReadonlyMap<string, T>,
  name: string,
  span: Span | null,
  scope: Scope,
  report: Report,
): T | null {
  const found = table.get(name);
  if (found !== undefined) return found;
  if (name === '') return null; // missing, and reported by the parser
  if (scope.imported.has(name)) return null; // the import has been reported
  const kinds = {
    network: scope.networks,
    policy: scope.policies,
    data: scope.data,
    train: scope.trains,
    block: scope.blocks,
  };
  const other = Object.entries(kinds).find(([, of]) => of.has(name))?.[0] ?? null;
  const all = [...table.keys()];
  report(names.unknownDeclaration.at(span, { what, name, found: all, nearest: nearest(name, all), other }));
  return null;
}
