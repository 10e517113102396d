/** How large the items are. */
import { leading, widthOf } from './measure.ts';
import type { Card, Item, Title } from './scene.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const card = { padX: 12, padY: 7, mark: 12, gap: 12 } as const;
export const box = { side: 14, bottom: 16, top: 32, lead: 18 } as const;
export const titleHeight = 24;
export const pill = { height: 28, side: 14, gap: 10 } as const;
const joinSize = 26;
const dotSize = 6;
/** Of a shape, and its distance from the line that it stands beside. */
export const label = { height: 16, gap: 7 } as const;

/** A card keeps a column for marks where one of its lines has one. */
export const markWidth = ({ lines }: Card): number => (lines.some((l) => l.slot !== null) ? card.mark : 0);

/** Widths of a card's columns: names, details, shapes. */
export const columnsOf = ({ lines }: Card): readonly [number, number, number] => [
  Math.max(...lines.map((l) => widthOf(l.name, 'line'))),
  Math.max(...lines.map((l) => widthOf(l.detail, 'line'))),
  Math.max(...lines.map((l) => widthOf(l.shape, 'label'))),
];

export const titleWidth = ({ text, note }: Title): number =>
  widthOf(text, 'line') + (note === '' ? 0 : widthOf(note, 'line') + 8);

function sizeOfCard(item: Card): Size {
  const columns = columnsOf(item).filter((w) => w > 0);
  const text = columns.reduce((a, b) => a + b, 0) + (columns.length - 1) * card.gap;
  const title = item.title === null ? 0 : titleWidth(item.title);
  return {
    width: 2 * card.padX + Math.max(markWidth(item) + text, title),
    height: 2 * card.padY + item.lines.length * leading + (item.title === null ? 0 : titleHeight),
  };
}

/** A box is as large as what it holds. */
export function sizeOf(item: Exclude<Item, { readonly kind: 'box' }>): Size {
  switch (item.kind) {
    case 'pill':
      return {
        width: widthOf(item.name, 'line') + pill.gap + widthOf(item.type, 'label') + 2 * pill.side,
        height: pill.height,
      };
    case 'card':
      return sizeOfCard(item);
    case 'join':
      return { width: joinSize, height: joinSize };
    case 'dot':
      return { width: dotSize, height: dotSize };
  }
}
