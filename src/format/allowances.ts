/** What the `// allow NRM…` comments of a file are about: that goes by lines, so formatting must not pull it apart. */
import type { Allowance, SourceFile } from '../parser/tree.ts';
import { placesOf } from './places.ts';
import type { Token } from './tokens.ts';

/** For each allowance how many items begin in what it covers. */
export function coverage(tree: SourceFile): readonly number[] {
  if (tree.allowances.length === 0) return [];
  const { declarations, items, paths } = placesOf(tree);
  const starts = [declarations, items, paths].flatMap((map) => [...map.keys()]);
  return tree.allowances.map(({ covers }) => starts.filter((at) => at >= covers.start && at < covers.end).length);
}

/** The tokens of what is covered by those allowances. */
export function coveredTokens(tokens: readonly Token[], allowances: readonly Allowance[]): ReadonlySet<number> {
  const result = new Set<number>();
  for (const { covers } of allowances)
    for (const [at, { start, end }] of tokens.entries())
      if (end > start && start >= covers.start && start < covers.end) result.add(at);
  return result;
}
