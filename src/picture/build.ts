/** From a model to a scene. */
import type { Layer, Model } from '../check/model.ts';
import { type Branch, keyOf, type Member, membersOf } from './groups.ts';
import { shortened } from './measure.ts';
import { type Consumer, routed } from './routes.ts';
import type { Box, Card, Item, Line, Pill, Scene, Title } from './scene.ts';
import { dimsText, lastName, ownersOf, shortText, typeText } from './words.ts';

/** A chain longer than `long` is cut behind its pools, and in any case after `longest` layers. */
const long = 12;
const longest = 20;
const most = { name: 24, detail: 30 } as const;

/** What the scene of one model needs to know of its values. */
interface Context {
  readonly model: Model;
  readonly times: ReadonlyMap<string, number>;
  /** How many take a value, by its key. */
  readonly uses: ReadonlyMap<string, number>;
  /** The item that makes a value. */
  readonly makers: Map<string, string>;
  readonly owners: ReadonlySet<string>;
}

export function buildScene(model: Model, times: ReadonlyMap<string, number> = new Map()): Scene {
  const uses = new Map<string, number>();
  for (const source of [...model.layers.flatMap((l) => l.sources), ...model.outputs.map((o) => o.source)])
    uses.set(keyOf(source), (uses.get(keyOf(source)) ?? 0) + 1);
  const context: Context = { model, times, uses, makers: new Map(), owners: ownersOf(model) };
  const outputs = model.outputs.map((o): Pill => pill('output', o.name, typeText(o.type)));
  const items = [
    ...model.inputs.map((i): Pill => pill('input', i.name, typeText(i.type))),
    ...itemsOf(membersOf(model), context),
    ...outputs,
  ];
  for (const { name } of model.inputs) context.makers.set(`input ${name}`, `input ${name}`);
  const consumers = [
    ...consumersIn(items),
    ...model.outputs.map((o): Consumer => ({ value: keyOf(o.source), item: `output ${o.name}` })),
  ];
  return { ...routed(items, consumers, context.makers), shapes: shapesOf(items, model) };
}

const pill = (role: Pill['role'], name: string, type: string): Pill => ({
  kind: 'pill',
  id: `${role} ${name}`,
  role,
  name: shortened(name, most.name),
  type,
});

function itemsOf(members: readonly Member[], context: Context): readonly Item[] {
  const items: Item[] = [];
  let chain: Layer[] = [];
  const close = (): void => {
    for (const part of parts(chain)) items.push(card(part, context));
    chain = [];
  };
  for (const member of members) {
    if (member.kind === 'layer' && continues(chain.at(-1), member.layer, context)) {
      chain.push(member.layer);
      continue;
    }
    close();
    if (member.kind === 'group') items.push(box(member, context));
    else if (member.layer.def.use === 'join') {
      context.makers.set(`layer ${member.layer.path}`, `join ${member.layer.path}`);
      items.push({ kind: 'join', id: `join ${member.layer.path}`, layer: member.layer });
    } else chain.push(member.layer);
  }
  close();
  return items;
}

/** `layer` takes the value of `last`, and nothing else does. */
function continues(last: Layer | undefined, layer: Layer, { uses }: Context): boolean {
  const [source] = layer.sources;
  return (
    last !== undefined &&
    layer.def.use !== 'join' &&
    source?.kind === 'layer' &&
    source.path === last.path &&
    uses.get(keyOf(source)) === 1
  );
}

/** A long chain in pieces: a reader takes in a pool as the end of a stage. */
function parts(chain: readonly Layer[]): readonly (readonly Layer[])[] {
  if (chain.length === 0) return [];
  if (chain.length <= long) return [chain];
  const cut: Layer[][] = [[]];
  for (const layer of chain) {
    const part = cut.at(-1);
    if (part === undefined || part.length === longest) cut.push([layer]);
    else part.push(layer);
    if (isPool(layer) && layer !== chain.at(-1)) cut.push([]);
  }
  return cut.filter((part) => part.length > 0);
}

const isPool = ({ def, inputs, output }: Layer): boolean =>
  def.use === 'step' && 'size' in def.signature && inputs[0]?.shape.length === output.shape.length;

function card(layers: readonly Layer[], context: Context): Card {
  const id = `card ${layers[0]?.path}`;
  const last = layers.at(-1);
  if (last !== undefined) context.makers.set(`layer ${last.path}`, id);
  const lines = layers.map((layer) => line(layer, context, last));
  return { kind: 'card', id, title: null, lines };
}

function line(layer: Layer, { owners }: Context, last: Layer | undefined): Line {
  const [input] = layer.inputs;
  const shape = dimsText(layer.output.shape);
  const final = last === undefined ? '' : dimsText(last.output.shape);
  const changes = input === undefined || dimsText(input.shape) !== shape;
  const { use } = layer.def;
  const setting = layer.settings.find((s) => s.key === use && s.weight === null);
  const shared = layer.shares !== null && owners.has(layer.shares) ? `= ${layer.shares}` : '';
  return {
    layer,
    name: shortened(lastName(layer.path), most.name),
    detail: [shortened(shortText(layer), most.detail), shortened(shared, most.detail)]
      .filter((t) => t !== '')
      .join('  '),
    shape: changes && layer !== last && shape !== final ? shape : '',
    slot:
      use === 'norm' || use === 'act' || use === 'drop' ? { kind: use, pinned: setting?.from.kind === 'pin' } : null,
  };
}

function box({ group, members }: Branch, context: Context): Item {
  const items = itemsOf(members, context);
  const name = lastName(group.path);
  const times = context.times.get(group.path);
  const note = [
    ...(group.kind === 'block' && !name.startsWith(group.word) ? [group.word] : []),
    ...(group.kind === 'again' && name !== group.word ? [`= ${group.word}`] : []),
    ...(times === undefined ? [] : [`×${times}`]),
  ];
  const title: Title = {
    text: shortened(name, most.name),
    note: shortened(note.join(' '), most.detail),
    path: group.path,
    again: group.kind === 'again',
  };
  const [only] = items;
  if (items.length === 1 && only?.kind === 'card' && only.title === null) return { ...only, title };
  return { kind: 'box', id: `box ${group.path}`, title, items } satisfies Box;
}

const consumersIn = (items: readonly Item[]): readonly Consumer[] =>
  items.flatMap((item): readonly Consumer[] => {
    if (item.kind === 'box') return consumersIn(item.items);
    const first = item.kind === 'card' ? item.lines[0]?.layer : item.kind === 'join' ? item.layer : undefined;
    return (first?.sources ?? []).map((source) => ({ value: keyOf(source), item: item.id }));
  });

/** A shape is told where a value leaves an item in another shape than it came, unless only an output takes it. */
function shapesOf(items: readonly Item[], model: Model): ReadonlyMap<string, string> {
  const inner = new Set(model.layers.flatMap((l) => l.sources.map(keyOf)));
  const told = (item: Item): readonly (readonly [string, string])[] => {
    if (item.kind === 'box') return item.items.flatMap(told);
    const first = item.kind === 'card' ? item.lines[0]?.layer : item.kind === 'join' ? item.layer : undefined;
    const last = item.kind === 'card' ? item.lines.at(-1)?.layer : first;
    if (first === undefined || last === undefined || !inner.has(`layer ${last.path}`)) return [];
    const [before] = first.inputs;
    const shape = dimsText(last.output.shape);
    return before !== undefined && dimsText(before.shape) === shape ? [] : [[item.id, shape]];
  };
  return new Map(items.flatMap(told));
}
