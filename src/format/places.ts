/** Where the items of a file begin and end, from its tree. Items are what stands on lines: declarations, steps, settings, rules. */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Declaration, Expression, Item, PolicyItem, Setting, SourceFile, StepCore } from '../parser/tree.ts';

/** Ends by beginnings. No two items of one kind begin at the same place, but for an `if` and the chain that it is in. */
export interface Places {
  readonly declarations: ReadonlyMap<number, number>;
  readonly items: ReadonlyMap<number, number>;
  readonly paths: ReadonlyMap<number, number>;
}

export function placesOf(tree: SourceFile): Places {
  const declarations = new Map<number, number>();
  const items = new Map<number, number>();
  const paths = new Map<number, number>();
  const add = (map: Map<number, number>, { start, end }: Span): void => {
    if (end > start) map.set(start, Math.max(end, map.get(start) ?? 0));
  };

  const value = (expression: Expression): void => {
    if (expression.kind === 'record') settings(expression.settings);
  };
  const settings = (list: readonly Setting[]): void => {
    for (const setting of list) {
      add(items, setting.span);
      value(setting.value);
    }
  };
  const body = (list: readonly Item[]): void => {
    for (const item of list) {
      add(items, item.span);
      if (item.kind === 'step') step(item.core);
    }
  };
  const step = (core: StepCore): void => {
    switch (core.kind) {
      case 'stage':
      case 'repeat':
      case 'for':
        body(core.body);
        return;
      case 'join':
        for (const path of core.paths) {
          add(paths, path.span);
          body(path.items);
        }
        return;
      case 'if':
        body(core.then);
        body(core.else ?? []);
        return;
      default:
        return;
    }
  };
  const policy = (item: PolicyItem): void => {
    add(items, item.span);
    if (item.kind === 'filling') value(item.value);
    else settings(item.settings);
  };
  const declaration = (d: Declaration): void => {
    add(declarations, d.span);
    switch (d.kind) {
      case 'network':
      case 'block':
        body(d.body);
        return;
      case 'policy':
        d.items.forEach(policy);
        return;
      case 'data':
        for (const field of d.fields) add(items, field.span);
        settings(d.settings);
        return;
      case 'train':
        settings(d.settings);
        return;
      case 'sweep':
      case 'search':
        for (const axis of d.over) {
          add(items, axis.span);
          value(axis.values);
        }
        settings(d.settings);
        return;
      default:
        return;
    }
  };
  if (tree.edition !== null) add(declarations, tree.edition.span);
  tree.declarations.forEach(declaration);
  return { declarations, items, paths };
}
