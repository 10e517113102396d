/** From a laid out scene to SVG text. */
import type { Layer, Model } from '../check/model.ts';
import type { Label, Placed, PlacedItem, Rect } from './layout.ts';
import { arrow, rounded } from './lines.ts';
import { leading, size, widthOf } from './measure.ts';
import type { Card, Line, Title } from './scene.ts';
import { card, columnsOf, markWidth, pill, titleHeight } from './sizes.ts';
import { scope, style } from './style.ts';
import { callText, countsOf, countsText, grouped, policyText, settingLines, typeText } from './words.ts';
import { attributes, number, tag, text } from './xml.ts';

const margin = 22;
const headHeight = 58;
const legendHeight = 30;

type Drawn<K extends PlacedItem['kind']> = Extract<PlacedItem, { readonly kind: K }>;

export function svgOf(model: Model, placed: Placed): string {
  const title = model.network;
  const choices = model.choices.length === 0 ? '' : ', with the first path of each choice';
  const sub = `${policyText(model)}${choices}: ${countsText(model)}`;
  const slots = slotsOf(model);
  const needed = Math.max(widthOf(title, 'title'), widthOf(sub, 'label'), legendWidth(slots));
  const inner = Math.max(placed.width, needed);
  const width = Math.ceil(inner + 2 * margin);
  const height = Math.ceil(placed.height + headHeight + margin + (slots.length === 0 ? 0 : legendHeight));
  const left = margin + (inner - placed.width) / 2;
  return [
    `<svg${attributes({
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      class: scope,
      role: 'img',
    })}>`,
    tag('title', {}, text(`Network ${model.network}`)),
    tag('desc', {}, text(description(model))),
    `<style>\n${style()}\n</style>`,
    tag('rect', { class: 'page', width, height, rx: 10 }),
    words(margin, 32, title, 'head'),
    words(margin, 50, sub, 'small muted'),
    `<g${attributes({ transform: `translate(${number(left)} ${headHeight + 4})` })}>`,
    ...placed.items.flatMap(boxes),
    ...placed.edges.flatMap(({ points, from, to }) => {
      const ends = !to.startsWith('dot ');
      const line = tag('path', { class: 'edge', d: rounded(points, ends), 'data-from': from, 'data-to': to });
      return ends ? [line, tag('path', { class: 'tip', d: arrow(points) })] : [line];
    }),
    ...placed.items.flatMap(leaves),
    ...placed.labels.map(shapeLabel),
    '</g>',
    ...(slots.length === 0 ? [] : [legend(slots, margin, height - 20)]),
    '</svg>',
    '',
  ].join('\n');
}

const words = (x: number, y: number, content: string, className?: string, more: Record<string, string> = {}): string =>
  tag('text', { x, y, ...(className === undefined ? {} : { class: className }), ...more }, text(content));

/** For those who do not see the picture. */
function description(model: Model): string {
  const inputs = model.inputs.map((i) => `${i.name} ${typeText(i.type)}`).join(', ');
  const outputs = model.outputs.map((o) => `${o.name} ${typeText(o.type)}`).join(', ');
  const groups = model.groups.length === 0 ? '' : ` in ${model.groups.length} stages and blocks`;
  return `From ${inputs} through ${model.layers.length} layers${groups} to ${outputs}; ${policyText(model)}; ${countsText(model)}.`;
}

// ── boxes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Frames first: everything else is drawn over them. */
function boxes(item: PlacedItem): readonly string[] {
  if (item.kind !== 'box') return [];
  return [
    tag(
      'g',
      { 'data-group': item.title.path },
      tag('rect', { class: `box${item.title.again ? ' again' : ''}`, ...whole(item.at), rx: 10 }),
      ...titleText(item.title, item.at.x + item.titleAt, item.at.y),
    ),
    ...item.items.flatMap(boxes),
  ];
}

const whole = ({ x, y, width, height }: Rect): Record<string, number> => ({ x, y, width, height });

const titleText = ({ text: name, note }: Title, x: number, y: number): readonly string[] => [
  words(x, y + 18, name, 'title'),
  ...(note === '' ? [] : [words(x + widthOf(name, 'line') + 8, y + 18, note, 'muted')]),
];

// ── leaves ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function leaves(item: PlacedItem): readonly string[] {
  switch (item.kind) {
    case 'box':
      return item.items.flatMap(leaves);
    case 'card':
      return [drawCard(item)];
    case 'join':
      return [drawJoin(item)];
    case 'pill':
      return [drawPill(item)];
    case 'dot':
      return [
        tag('circle', {
          class: 'tip',
          cx: item.at.x + item.at.width / 2,
          cy: item.at.y + item.at.height / 2,
          r: item.at.width / 2,
        }),
      ];
  }
}

function drawPill({ at, role, name, type }: Drawn<'pill'>): string {
  const y = at.y + at.height / 2 + 4;
  return tag(
    'g',
    { [`data-${role}`]: name },
    tag('rect', { class: 'pill', ...whole(at), rx: at.height / 2 }),
    words(at.x + pill.side, y, name, 'title'),
    words(at.x + pill.side + widthOf(name, 'line') + pill.gap, y, type, 'small muted'),
  );
}

/** ＋, × or ‖, drawn: not every font has them. */
const signs: Readonly<Record<string, string>> = {
  sum: 'M-6 0H6M0 -6V6',
  mul: 'M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5',
  concat: 'M-3 -6V6M3 -6V6',
};

function drawJoin({ at, layer }: Drawn<'join'>): string {
  const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
  const sign = signs[layer.def.name] ?? 'M-5 0H5';
  return tag(
    'g',
    { 'data-layer': layer.path },
    tag('title', {}, text(tooltip(layer))),
    tag('circle', { class: 'join', cx: x, cy: y, r: at.width / 2 }),
    tag('path', { class: 'sign', d: sign, transform: `translate(${number(x)} ${number(y)})` }),
  );
}

function drawCard(item: Drawn<'card'>): string {
  const { at, title } = item;
  const top = at.y + card.padY + (title === null ? 0 : titleHeight);
  const rule = at.y + titleHeight + 2;
  return tag(
    'g',
    title === null ? {} : { 'data-group': title.path },
    tag('rect', { class: `card${title?.again === true ? ' again' : ''}`, ...whole(at), rx: 7 }),
    ...(title === null
      ? []
      : [
          ...titleText(title, at.x + card.padX, at.y),
          tag('path', { class: 'rule', d: `M${number(at.x)} ${number(rule)}H${number(at.x + at.width)}` }),
        ]),
    ...item.lines.map((line, i) => drawLine(line, item, at, top + i * leading)),
  );
}

function drawLine({ layer, name, detail, shape, slot }: Line, item: Card, at: Rect, y: number): string {
  const [names] = columnsOf(item);
  const x = at.x + card.padX + markWidth(item);
  const base = y + 13;
  return tag(
    'g',
    { 'data-layer': layer.path },
    tag('title', {}, text(tooltip(layer))),
    tag('rect', { class: 'hit', x: at.x, y, width: at.width, height: leading }),
    ...(slot === null ? [] : [mark(slot.kind, slot.pinned, at.x + card.padX + 3, y + 9)]),
    words(x, base, name),
    ...(detail === '' ? [] : [words(x + names + card.gap, base, detail, 'muted')]),
    ...(shape === ''
      ? []
      : [
          words(at.x + at.width - card.padX - widthOf(shape, 'label'), base, shape, 'small muted', {
            'data-shape': '',
          }),
        ]),
  );
}

type Slot = NonNullable<Line['slot']>['kind'];

/** A square, a rhombus, a disc: told apart without their colours too. Hollow where the network pins it. */
const marks: Readonly<Record<Slot, string>> = {
  norm: 'M-3 -3H3V3H-3Z',
  act: 'M0 -4L4 0L0 4L-4 0Z',
  drop: 'M-3.5 0A3.5 3.5 0 1 1 3.5 0A3.5 3.5 0 1 1 -3.5 0Z',
};

const mark = (slot: Slot, pinned: boolean, x: number, y: number): string =>
  tag('path', {
    class: `${slot}${pinned ? ' pinned' : ''}`,
    d: marks[slot],
    transform: `translate(${number(x)} ${number(y)})`,
  });

const shapeLabel = ({ text: shape, at }: Label): string =>
  words(at.x, at.y + 11, shape, 'small muted', { 'data-shape': '' });

/** All that is known of a layer. */
function tooltip(layer: Layer): string {
  const { trained, frozen, statistics } = countsOf([layer]);
  return [
    `${layer.path}: ${callText(layer)}`,
    typeText(layer.output),
    ...(trained === 0 ? [] : [`${grouped(trained)} trainable numbers`]),
    ...(frozen === 0 ? [] : [`${grouped(frozen)} frozen numbers`]),
    ...(statistics === 0 ? [] : [`${grouped(statistics)} moving statistics`]),
    ...(layer.shares === null ? [] : [`the weights of ${layer.shares}`]),
    ...layer.settings.filter((s) => s.from.kind !== 'default').flatMap(settingLines),
  ].join('\n');
}

// ── legend ───────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Entry {
  readonly slot: Slot;
  readonly pinned: boolean;
  readonly text: string;
}

function slotsOf(model: Model): readonly Entry[] {
  return (['norm', 'act', 'drop'] as const).flatMap((slot) => {
    const filled = model.layers.filter((l) => l.def.use === slot);
    const isPinned = (l: Layer): boolean =>
      l.settings.some((s) => s.key === slot && s.weight === null && s.from.kind === 'pin');
    const pinned = filled.filter(isPinned);
    return [
      ...(filled.length === pinned.length ? [] : [{ slot, pinned: false, text: slot }]),
      ...(pinned.length === 0 ? [] : [{ slot, pinned: true, text: `${slot}, pinned` }]),
    ];
  });
}

const entryWidth = (entry: Entry): number => 14 + widthOf(entry.text, 'label') + 16;
const legendWidth = (entries: readonly Entry[]): number => entries.reduce((n, e) => n + entryWidth(e), 0);

function legend(entries: readonly Entry[], left: number, y: number): string {
  let x = left;
  const drawn = entries.flatMap((entry) => {
    const at = x;
    x += entryWidth(entry);
    return [
      mark(entry.slot, entry.pinned, at + 4, y),
      words(at + 14, y + size.label / 2 - 1.5, entry.text, 'small muted'),
    ];
  });
  return tag('g', {}, ...drawn);
}
