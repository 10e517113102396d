/**
 * Repeated blocks told once: of groups that follow each other, are alike in everything but their names, and take nothing but the
 * value of the one before, the first stands for all.
 */
import type { Group, Layer, Model, Source } from '../check/model.ts';
import { type Branch, isIn, keyOf, layersOf, type Member, membersOf } from './groups.ts';
import { callText, settingLines } from './words.ts';

export interface Folded {
  readonly model: Model;
  /** By the path of a group: how many it stands for, where that is more than one. */
  readonly times: ReadonlyMap<string, number>;
}

/** A group that is not drawn, and the one that stands for it. */
interface Twin {
  readonly of: Branch;
  readonly by: Branch;
}

export function fold(model: Model): Folded {
  const users = usersOf(model);
  const times = new Map<string, number>();
  const gone = new Map<string, Twin>();
  const visit = (members: readonly Member[]): void => {
    for (let i = 0; i < members.length; ) {
      const first = members[i];
      let n = 1;
      if (first?.kind === 'group') {
        for (let last = first; ; n++) {
          const next = members[i + n];
          if (next?.kind !== 'group' || !follows(last, next, users)) break;
          gone.set(next.group.path, { of: next, by: first });
          last = next;
        }
        if (n > 1) times.set(first.group.path, n);
        visit(first.members);
      }
      i += n;
    }
  };
  visit(membersOf(model));
  return { model: without(model, gone), times };
}

/** Who takes a value: paths of layers, and `output NAME`. */
function usersOf(model: Model): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  const add = (source: Source, user: string): void => {
    users.set(keyOf(source), [...(users.get(keyOf(source)) ?? []), user]);
  };
  for (const layer of model.layers) for (const source of layer.sources) add(source, layer.path);
  for (const output of model.outputs) add(output.source, `output ${output.name}`);
  return users;
}

/** `next` repeats `last`, and is the only one to see what comes out of it. */
function follows(last: Branch, next: Branch, users: ReadonlyMap<string, readonly string[]>): boolean {
  if (last.group.kind !== next.group.kind || last.group.word !== next.group.word) return false;
  const [a, b] = [portrait(last), portrait(next)];
  if (a === null || b === null || a.text !== b.text || b.enters !== a.leaves) return false;
  const outside = layersOf(last.members).flatMap((layer) =>
    (users.get(`layer ${layer.path}`) ?? [])
      .filter((user) => !isIn(user, last.group.path))
      .map((user) => ({ user, of: `layer ${layer.path}` })),
  );
  return outside.every(({ user, of }) => of === a.leaves && isIn(user, next.group.path));
}

/** Everything about a group but its names; null when it has several entrances. */
function portrait({ group, members }: Branch): { text: string; enters: string; leaves: string } | null {
  const layers = layersOf(members);
  const names = new Map(layers.map((l, i) => [`layer ${l.path}`, String(i)]));
  const enters = new Set(layers.flatMap((l) => l.sources.map(keyOf)).filter((key) => !names.has(key)));
  const [only] = enters;
  const last = layers.at(-1);
  if (enters.size !== 1 || only === undefined || last === undefined) return null;
  const line = (l: Layer): readonly unknown[] => [
    l.path.slice(group.path.length),
    callText(l),
    l.sources.map((s) => names.get(keyOf(s)) ?? 'in'),
    l.inputs,
    l.output,
    l.shares !== null,
    l.weights.map((w) => [w.spec.name, w.trainable]),
    l.settings.flatMap(settingLines),
  ];
  return { text: JSON.stringify(layers.map(line)), enters: only, leaves: `layer ${last.path}` };
}

/** Takes groups out; who took a value of one takes that of the group which stands for it. */
function without(model: Model, gone: ReadonlyMap<string, Twin>): Model {
  const twinOf = (path: string): Twin | undefined => [...gone].find(([group]) => isIn(path, group))?.[1];
  const isGone = ({ path }: Layer | Group): boolean => gone.has(path) || twinOf(path) !== undefined;
  const redirected = (source: Source): Source => {
    const twin = source.kind === 'layer' ? twinOf(source.path) : undefined;
    if (twin === undefined || source.kind === 'input') return source;
    const place = layersOf(twin.of.members).findIndex((l) => l.path === source.path);
    const stand = layersOf(twin.by.members)[place];
    return stand === undefined ? source : { kind: 'layer', path: stand.path };
  };
  return {
    ...model,
    groups: model.groups.filter((g) => !isGone(g)),
    layers: model.layers.filter((l) => !isGone(l)).map((l) => ({ ...l, sources: l.sources.map(redirected) })),
    outputs: model.outputs.map((o) => ({ ...o, source: redirected(o.source) })),
  };
}
