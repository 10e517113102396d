// Draws the icons: the extension's as PNG, those of files as SVG, from one list of shapes. `node editors/vscode/icons/draw.mts`; a test compares.
//
// Two paths between a split and a join; the ring is a slot that a policy fills.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { crc32, deflateSync } from 'node:zlib';

type Point = readonly [x: number, y: number];
type Shape =
  | { readonly kind: 'card'; readonly radius: number; readonly fill: string }
  | { readonly kind: 'line'; readonly from: Point; readonly to: Point; readonly width: number; readonly fill: string }
  | { readonly kind: 'disc'; readonly at: Point; readonly radius: number; readonly fill: string };

interface Colours {
  readonly line: string;
  readonly node: string;
  readonly slot: string;
  /** Where the ring shows what is behind it; without it the slot is a disc, which is what can be seen of it when small. */
  readonly hole?: string;
}

const size = 128;

function net({ line, node, slot, hole }: Colours, centre: number, reach: number, width: number): readonly Shape[] {
  const at = (x: number, y: number): Point => [centre + x * reach, centre + y * reach];
  const [top, left, right, bottom] = [at(0, -1), at(-0.86, 0), at(0.86, 0), at(0, 1)];
  const radius = width * 1.45;
  const sides = [
    [top, left],
    [top, right],
    [left, bottom],
    [right, bottom],
  ] as const;
  return [
    ...sides.map(([from, to]): Shape => ({ kind: 'line', from, to, width, fill: line })),
    ...[top, right, bottom].map((point): Shape => ({ kind: 'disc', at: point, radius, fill: node })),
    { kind: 'disc', at: left, radius: radius * 1.25, fill: slot },
    ...(hole === undefined ? [] : [{ kind: 'disc', at: left, radius: radius * 0.6, fill: hole } as const]),
  ];
}

const background = '#1e2550';
const icon: readonly Shape[] = [
  { kind: 'card', radius: 28, fill: background },
  ...net({ line: '#7d8ff5', node: '#ffffff', slot: '#ffb454', hole: background }, size / 2, 40, 9),
];
const small = (colours: Colours): readonly Shape[] => net(colours, size / 2, 46, 13);

/** How far a place is from the edge of a shape; negative inside. */
function distance(shape: Shape, [x, y]: Point): number {
  switch (shape.kind) {
    case 'card': {
      const beyond = (at: number): number => Math.abs(at - size / 2) - size / 2 + shape.radius;
      const [dx, dy] = [beyond(x), beyond(y)];
      return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - shape.radius;
    }
    case 'line': {
      const [dx, dy] = [shape.to[0] - shape.from[0], shape.to[1] - shape.from[1]];
      const along = ((x - shape.from[0]) * dx + (y - shape.from[1]) * dy) / (dx * dx + dy * dy);
      const t = Math.min(1, Math.max(0, along));
      return Math.hypot(x - shape.from[0] - t * dx, y - shape.from[1] - t * dy) - shape.width / 2;
    }
    case 'disc':
      return Math.hypot(x - shape.at[0], y - shape.at[1]) - shape.radius;
  }
}

const channels = (fill: string): readonly number[] =>
  [1, 3, 5].map((start) => Number.parseInt(fill.slice(start, start + 2), 16));

/** Rows of RGBA, not premultiplied; edges are as soft as one pixel. */
export function pixels(shapes: readonly Shape[] = icon): Uint8Array {
  const data = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let [r, g, b, alpha] = [0, 0, 0, 0];
      for (const shape of shapes) {
        const cover = Math.min(1, Math.max(0, 0.5 - distance(shape, [x + 0.5, y + 0.5])));
        if (cover === 0) continue;
        const [fr = 0, fg = 0, fb = 0] = channels(shape.fill);
        const below = alpha * (1 - cover);
        const total = cover + below;
        const mix = (above: number, under: number): number => (above * cover + under * below) / total;
        [r, g, b, alpha] = [mix(fr, r), mix(fg, g), mix(fb, b), total];
      }
      data.set([r, g, b, alpha * 255].map(Math.round), (y * size + x) * 4);
    }
  }
  return data;
}

function png(data: Uint8Array): Uint8Array {
  const chunk = (kind: string, content: Uint8Array): Uint8Array => {
    const result = Buffer.alloc(content.length + 12);
    result.writeUInt32BE(content.length, 0);
    result.write(kind, 4, 'latin1');
    result.set(content, 8);
    result.writeUInt32BE(crc32(result.subarray(4, -4)), content.length + 8);
    return result;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6], 8);
  const width = size * 4;
  const rows = Buffer.alloc(size * (width + 1));
  for (let y = 0; y < size; y++) rows.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function element(shape: Shape): string {
  const n = (value: number): string => String(Math.round(value * 10) / 10);
  switch (shape.kind) {
    case 'card':
      return `<rect width="${size}" height="${size}" rx="${shape.radius}" fill="${shape.fill}"/>`;
    case 'line': {
      const path = `M${shape.from.map(n).join(' ')}L${shape.to.map(n).join(' ')}`;
      return `<path d="${path}" stroke="${shape.fill}" stroke-width="${shape.width}" stroke-linecap="round"/>`;
    }
    case 'disc':
      return `<circle cx="${n(shape.at[0])}" cy="${n(shape.at[1])}" r="${n(shape.radius)}" fill="${shape.fill}"/>`;
  }
}

const svg = (shapes: readonly Shape[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" fill="none">`,
    '<title>nrm</title>',
    ...shapes.map(element),
    '</svg>',
    '',
  ].join('\n');

/** The vector icons by their place in the extension. */
export const drawings: Readonly<Record<string, string>> = {
  'icons/light.svg': svg(small({ line: '#8090e8', node: '#3443b0', slot: '#d97a00' })),
  'icons/dark.svg': svg(small({ line: '#7d8ff5', node: '#d5dbff', slot: '#ffb454' })),
};

if (process.argv[1] === import.meta.filename) {
  const folder = path.join(import.meta.dirname, '..');
  writeFileSync(path.join(folder, 'icon.png'), png(pixels()));
  for (const [file, text] of Object.entries(drawings)) writeFileSync(path.join(folder, file), text);
}
