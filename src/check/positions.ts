/** Which key an argument is for: that of its name, or the one whose turn it is where it has none. */
import type { Signature } from '../ir/signature.ts';
import type { Name } from '../parser/tree.ts';

interface MaybeNamed {
  readonly name: string | Name | null;
}

/** An argument with the key it is for; null where it has no name and all places are taken. */
interface Placed<A extends MaybeNamed> {
  readonly key: string | null;
  readonly argument: A;
}

/** The keys that may be given without their names, in order. */
export const positionalKeys = (signature: Signature): readonly string[] =>
  Object.keys(signature).filter((key) => signature[key]?.positional);

export function placed<A extends MaybeNamed>(positional: readonly string[], args: readonly A[]): readonly Placed<A>[] {
  let next = 0;
  return args.map((argument) => {
    const { name } = argument;
    if (name === null) return { key: positional[next++] ?? null, argument };
    return { key: typeof name === 'string' ? name : name.text, argument };
  });
}
