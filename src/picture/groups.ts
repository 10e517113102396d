/** The stages and blocks of a model as a tree. */
import type { Group, Layer, Model, Source } from '../check/model.ts';

/** What stands in a group, or in the network, in the order of the text. */
export type Member = { readonly kind: 'layer'; readonly layer: Layer } | Branch;
export interface Branch {
  readonly kind: 'group';
  readonly group: Group;
  readonly members: readonly Member[];
}

export const isIn = (path: string, group: string): boolean => path.startsWith(`${group}.`);

export const keyOf = (source: Source): string =>
  source.kind === 'input' ? `input ${source.name}` : `layer ${source.path}`;

/** Groups without a layer (a shortcut that is the identity) are not there. */
export function membersOf(model: Model): readonly Member[] {
  const groups = [...model.groups].sort((a, b) => b.path.length - a.path.length);
  const tops: Member[] = [];
  const open = new Map<string, Member[]>();
  // Where a member of that path is put; the groups around it are made when the first one comes.
  const place = (path: string): Member[] => {
    const group = groups.find((g) => isIn(path, g.path));
    if (group === undefined) return tops;
    const known = open.get(group.path);
    if (known !== undefined) return known;
    const members: Member[] = [];
    open.set(group.path, members);
    place(group.path).push({ kind: 'group', group, members });
    return members;
  };
  for (const layer of model.layers) place(layer.path).push({ kind: 'layer', layer });
  return tops;
}

export const layersOf = (members: readonly Member[]): readonly Layer[] =>
  members.flatMap((m) => (m.kind === 'layer' ? [m.layer] : layersOf(m.members)));
