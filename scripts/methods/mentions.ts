// Which methods the examples use: found in their syntax trees, so that a mention in a comment does not count.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from '../../src/parser/index.ts';
import type { Declaration, Expression, PolicyItem, Setting } from '../../src/parser/tree.ts';
import { root } from '../tools.ts';

/** A word as the value of a key, or a key of a section or of a rule (`value: null`). */
export interface Mention {
  readonly key: string;
  readonly value: string | null;
}

/** What a value names: `adam` of `adam(rate: 1e-3)`, each of a list. */
function wordsOf(value: Expression): readonly string[] {
  switch (value.kind) {
    case 'name':
      return [value.name];
    case 'call':
      return [value.name.text];
    case 'list':
      return value.items.flatMap(wordsOf);
    case 'record':
      return value.settings.flatMap((s) => wordsOf(s.value));
    default:
      return [];
  }
}

const valuesOf = (key: string, value: Expression): readonly Mention[] =>
  wordsOf(value).map((word) => ({ key, value: word }));
const settingOf = ({ key, value }: Setting): readonly Mention[] => valuesOf(key.text, value);

const sections = ['gradient', 'input', 'stop'];

function itemOf(item: PolicyItem): readonly Mention[] {
  if (item.kind === 'filling') return valuesOf(item.slot.text, item.value);
  const [name] = item.selectors[0]?.parts[0]?.names ?? [];
  const section = sections.find((s) => s === name?.text);
  return item.settings.flatMap((s) => [
    ...settingOf(s),
    { key: section === undefined ? 'rule' : section, value: `${s.key.text}:` },
  ]);
}

/** Slots that a network pins: `act(softplus)`. */
function pinsOf(node: unknown): readonly Mention[] {
  if (Array.isArray(node)) return node.flatMap(pinsOf);
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(pinsOf);
  const { name, arguments: args } = node as {
    readonly name?: { readonly text?: string };
    readonly arguments?: unknown;
  };
  if (typeof name?.text !== 'string' || !['norm', 'act', 'drop'].includes(name.text) || !Array.isArray(args))
    return inner;
  // Nodes of the tree: whatever has a name and arguments has expressions for them.
  const values = (args as readonly { readonly value: Expression }[]).flatMap((a) => wordsOf(a.value));
  return [...inner, ...values.map((value) => ({ key: name.text ?? '', value }))];
}

function mentionsOf(declaration: Declaration): readonly Mention[] {
  switch (declaration.kind) {
    case 'policy':
      return declaration.items.flatMap(itemOf);
    case 'data':
      return [
        ...declaration.settings.flatMap(settingOf),
        ...declaration.fields.flatMap((f) => (f.preprocessing === null ? [] : valuesOf('fields', f.preprocessing))),
      ];
    case 'train':
      return declaration.settings.flatMap(settingOf);
    case 'sweep':
    case 'search':
      return declaration.over.flatMap((a) =>
        axisOf(
          a.path.map((n) => n.text),
          a.values,
        ),
      );
    case 'network':
    case 'block':
      return pinsOf(declaration.body);
    default:
      return [];
  }
}

/** `policy.input.augment: […]` is a setting of a section. */
const axisOf = (path: readonly string[], values: Expression): readonly Mention[] => {
  const [key = '', section = ''] = path.toReversed();
  return [...valuesOf(key, values), { key: sections.includes(section) ? section : 'rule', value: `${key}:` }];
};

/** By the file that it stands in, relative to the repository; files that are made to show methods come first. */
export function exampleMentions(): ReadonlyMap<string, readonly Mention[]> {
  const folder = path.join(root, 'examples');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.nrm'));
  const first = (file: string): number => Number(!file.startsWith(`methods${path.sep}`));
  return new Map(
    files
      .toSorted((a, b) => first(a) - first(b) || (a < b ? -1 : 1))
      .map((file) => [
        path.posix.join('examples', ...file.split(path.sep)),
        parse(readFileSync(path.join(folder, file), 'utf8'), file).tree.declarations.flatMap(mentionsOf),
      ]),
  );
}
