/**
 * The network of a resolved spec, and the blocks and externs it is made of, from whatever files they stand in: the text says the same
 * with nothing left to import. Arguments stand in the order of the signature, numbers in one spelling.
 */
import { layers } from '../ir/ops/index.ts';
import { preludeFile } from '../library/prelude.ts';
import type {
  Argument,
  Declaration,
  Expression,
  ExternDeclaration,
  Item,
  LossDeclaration,
  NetworkDeclaration,
  StepCore,
} from '../parser/tree.ts';
import { entryOf } from './bind.ts';
import { modulePath } from './extern/module.ts';
import { wordsIn } from './mentions.ts';
import type { BuiltNetwork } from './network.ts';
import { placed, positionalKeys } from './positions.ts';
import type { Scope } from './scope.ts';
import { argument, fromValue, list, name, nowhere, number } from './syntax.ts';

const declared = { doc: '', span: nowhere };

export function resolvedNetwork({ declaration, parameters, policy, scope }: BuiltNetwork): NetworkDeclaration {
  return {
    ...declared,
    kind: 'network',
    name: declaration.name,
    parameters: [...parameters].flatMap(([key, value]) =>
      value === null ? [] : [{ name: name(key), default: fromValue(value), span: nowhere }],
    ),
    with: policy === null ? null : { name: name(policy.identifier), arguments: [], span: nowhere },
    body: declaration.body.map((item) => canonicalItem(item, scope)),
  };
}

/** What is used stands before what uses it. */
export function resolvedParts({ declaration, scope: root, blocks }: BuiltNetwork): readonly Declaration[] {
  const parts = new Map<string, Declaration>();
  visit(declaration.body, root);
  return [...parts.values()];

  function visit(items: readonly Item[], scope: Scope): void {
    for (const word of wordsIn(items)) {
      const block = scope.blocks.get(word);
      const extern = scope.externs.get(word);
      if (extern !== undefined && blocks.get(word) === extern) parts.set(word, resolvedExtern(extern, scope));
      // One that only a branch mentions which is not taken is not part of the network.
      if (block === undefined || blocks.get(word) !== block || parts.has(word) || block.span.file === preludeFile)
        continue;
      const home = scope.homeOf(block);
      parts.set(word, block); // a block that contains itself is visited once
      visit(block.body, home);
      parts.delete(word);
      const parameters = block.parameters.map((p) => ({ ...p, default: p.default && canonical(p.default, home) }));
      parts.set(word, { ...block, ...declared, parameters, body: block.body.map((i) => canonicalItem(i, home)) });
    }
  }
}

/** Its module's path is written from the folder of the spec, whichever file declares it. */
function resolvedExtern(extern: ExternDeclaration, scope: Scope): ExternDeclaration {
  const path = modulePath(extern, scope);
  const parameters = extern.parameters.map((p) => ({ ...p, default: p.default && canonical(p.default, scope) }));
  return {
    ...extern,
    ...declared,
    parameters,
    from: path === null ? extern.from : { kind: 'string', value: path, span: nowhere },
  };
}

/** A loss of the project's own, from whatever file it stands in. */
export function resolvedLossDeclaration(
  d: LossDeclaration | ExternDeclaration,
  scope: Scope,
): LossDeclaration | ExternDeclaration {
  if (d.kind === 'extern') return resolvedExtern(d, scope);
  const parameters = d.parameters.map((p) => ({ ...p, default: p.default && canonical(p.default, scope) }));
  // Functions of a formula are no layers, though some are called as layers are.
  return { ...d, ...declared, parameters };
}

function canonicalItem(item: Item, scope: Scope): Item {
  if (item.kind === 'input') {
    const type = item.type && {
      ...item.type,
      dimensions: item.type.dimensions.map((d) => (d.kind === 'size' ? { ...d, value: canonical(d.value, scope) } : d)),
    };
    return { ...item, type };
  }
  return { ...item, core: canonicalCore(item.core, scope) };
}

function canonicalCore(core: StepCore, scope: Scope): StepCore {
  const body = (items: readonly Item[]): readonly Item[] => items.map((item) => canonicalItem(item, scope));
  switch (core.kind) {
    case 'call': {
      const args = canonicalArguments(core.name.text, core.arguments, scope);
      return { ...core, arguments: args, parentheses: args.length > 0 };
    }
    case 'stage':
      return { ...core, body: body(core.body) };
    case 'join':
      return { ...core, paths: core.paths.map((p) => ({ ...p, items: body(p.items) })) };
    case 'repeat':
      return { ...core, count: canonical(core.count, scope), body: body(core.body) };
    case 'for':
      return { ...core, in: canonical(core.in, scope), body: body(core.body) };
    case 'if': {
      const condition = canonical(core.condition, scope);
      // biome-ignore lint/suspicious/noThenProperty: the word of the language; trees are never awaited.
      return { ...core, condition, then: body(core.then), else: core.else && body(core.else) };
    }
    default:
      return core;
  }
}

function canonical(e: Expression, scope: Scope): Expression {
  switch (e.kind) {
    case 'number':
      return number(e.value);
    case 'call':
      return { ...e, arguments: canonicalArguments(e.name.text, e.arguments, scope) };
    case 'list':
      return list(e.items.map((item) => canonical(item, scope)));
    case 'unary':
      return { ...e, operand: canonical(e.operand, scope) };
    case 'binary':
      return { ...e, left: canonical(e.left, scope), right: canonical(e.right, scope) };
    default:
      return e;
  }
}

/** Unnamed where the signature allows it, in its order. A block takes any of its parameters without a name. */
function canonicalArguments(callee: string, args: readonly Argument[], scope: Scope): readonly Argument[] {
  const signature = entryOf(layers, callee)?.signature;
  const declaration = scope.blocks.get(callee) ?? scope.externs.get(callee);
  // Of a layer of the project's own, the tensor is what arrives.
  const parameters = declaration?.parameters.flatMap((p) => ('type' in p && p.type !== null ? [] : [p.name.text]));
  if (signature === undefined && parameters === undefined)
    return args.map((a) => ({ ...a, value: canonical(a.value, scope) }));
  const keys = parameters ?? Object.keys(signature ?? {});
  const positional = parameters ?? positionalKeys(signature ?? {});
  const given = new Map(
    placed(positional, args).map(({ key, argument: a }): [string | null, Expression] => [
      key,
      canonical(a.value, scope),
    ]),
  );
  const leading = positional.findIndex((key) => !given.has(key));
  const bare = new Set(leading < 0 ? positional : positional.slice(0, leading));
  return keys.flatMap((key) => {
    const value = given.get(key);
    return value === undefined ? [] : [argument(bare.has(key) ? null : key, value)];
  });
}
