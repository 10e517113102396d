/** Types of emitted code: tensors by rank, and interfaces that nest as the spec does, so that an editor completes them. */
import type { Storage, ValueType } from '../../ir/graph.ts';
import type { Imports } from './imports.ts';
import { count, property, shapeText } from './literal.ts';

/** `Tensor4D`, `Scalar`; rank 7 and above is `Tensor`. */
export function tensorType(type: ValueType, imports: Imports): string {
  const rank = type.shape.length;
  return imports.tfjs(rank === 0 ? 'Scalar' : rank <= 6 ? `Tensor${rank}D` : 'Tensor');
}

const variableType = (type: ValueType, imports: Imports): string =>
  `${imports.tfjs('Variable')}<${imports.tfjs('Rank')}.R${type.shape.length}>`;

/** Where a name stands in a nested type: `conv1.kernel` → ['conv1', 'kernel']. */
export const segments = (name: string): readonly string[] => name.split('.').map(property);

/** An entry of a nested type: its dotted name, what it is, and a remark behind it. */
export interface Entry {
  readonly name: string;
  readonly type: string;
  readonly remark: string;
}

export const variables = (storage: readonly Storage[], imports: Imports): readonly Entry[] =>
  storage.map((s) => ({ name: s.ref.slice(1), type: variableType(s.type, imports), remark: shapeText(s.type.shape) }));

interface Tree {
  readonly children: Map<string, Tree | Entry>;
}

const isTree = (node: Tree | Entry): node is Tree => 'children' in node;

function tree(entries: readonly Entry[]): Tree {
  const root: Tree = { children: new Map() };
  for (const entry of entries) {
    const path = segments(entry.name);
    let at = root;
    path.slice(0, -1).forEach((segment) => {
      const next = at.children.get(segment);
      const child: Tree = next !== undefined && isTree(next) ? next : { children: new Map() };
      at.children.set(segment, child);
      at = child;
    });
    at.children.set(path.at(-1) ?? entry.name, entry);
  }
  return root;
}

/** The body of an interface; a layer with few values stays on one line. `notes` go behind a layer's line. */
export function nestedType(entries: readonly Entry[], notes: ReadonlyMap<string, string> = new Map()): string {
  const print = (node: Tree, path: string, indent: string): string[] =>
    [...node.children].flatMap(([key, child]) => {
      const here = path === '' ? key : `${path}.${key}`;
      const note = notes.get(here);
      const behind = note === undefined ? '' : ` // ${note}`;
      if (!isTree(child)) return [`${indent}readonly ${key}: ${child.type}; // ${child.remark}`];
      const leaves = [...child.children].map(([k, c]) =>
        isTree(c) ? null : `readonly ${k}: ${c.type} /* ${c.remark} */`,
      );
      if (leaves.every((leaf) => leaf !== null)) {
        const line = `${indent}readonly ${key}: { ${leaves.join('; ')} };`;
        if (line.length <= 120) return [`${line}${behind}`];
      }
      return [`${indent}readonly ${key}: {${behind}`, ...print(child, here, `${indent}  `), `${indent}};`];
    });
  return print(tree(entries), '', '').join('\n');
}

/** The same nesting as an object literal, with an expression for each entry. */
export function nestedObject(
  entries: readonly { readonly name: string; readonly value: string }[],
  indent: string,
): string {
  const root = tree(entries.map((e) => ({ name: e.name, type: e.value, remark: '' })));
  const print = (node: Tree, at: string): string => {
    const rows = [...node.children].map(
      ([key, child]) => `${at}  ${key}: ${isTree(child) ? print(child, `${at}  `) : child.type},`,
    );
    const flat = `{ ${[...node.children].map(([key, child]) => (isTree(child) ? `${key}: ${print(child, '')}` : key === child.type ? key : `${key}: ${child.type}`)).join(', ')} }`;
    const shallow = [...node.children.values()].every((child) => !isTree(child));
    return node.children.size === 0
      ? '{}'
      : shallow && flat.length + at.length <= 100
        ? flat
        : `{\n${rows.join('\n')}\n${at}}`;
  };
  return print(root, indent);
}

/** `107,808 numbers` */
export const numbersIn = (storage: readonly Storage[]): string =>
  `${count(storage.reduce((sum, s) => sum + s.type.shape.reduce<number>((a, b) => a * (typeof b === 'number' ? b : 1), 1), 0))} numbers`;
