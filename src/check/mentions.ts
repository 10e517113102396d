/** Which words a body of steps mentions where a layer or block may stand, and which blocks that makes. */
import type { BlockDeclaration, Item } from '../parser/tree.ts';
import type { Scope } from './scope.ts';

/** Every word that stands where a layer or block may stand, branches that are not taken included. */
export const wordsIn = (items: readonly Item[]): readonly string[] =>
  items.flatMap((item) => {
    if (item.kind === 'input') return [];
    const { core } = item;
    switch (core.kind) {
      case 'call':
        return [core.name.text];
      case 'join':
        return core.paths.flatMap((p) => wordsIn(p.items));
      case 'if':
        return [...wordsIn(core.then), ...wordsIn(core.else ?? [])];
      case 'stage':
      case 'repeat':
      case 'for':
        return wordsIn(core.body);
      default:
        return [];
    }
  });

/** The blocks that a body is made of, and those that they are made of. */
export function blocksIn(items: readonly Item[], scope: Scope): ReadonlySet<BlockDeclaration> {
  const found = new Set<BlockDeclaration>();
  visit(items, scope);
  return found;

  function visit(body: readonly Item[], here: Scope): void {
    for (const word of wordsIn(body)) {
      const block = here.blocks.get(word);
      if (block === undefined || found.has(block)) continue;
      found.add(block);
      visit(block.body, here.homeOf(block));
    }
  }
}
