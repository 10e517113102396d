// The grammar as railroad diagrams: one page of inline SVG, without scripts, fonts or anything from the network.

/** A piece of a grammar rule. */
export type Part =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'reference'; readonly name: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'optional' | 'repeated'; readonly part: Part };

/** A drawing whose track enters at (0, 0) and leaves at (width, 0). */
interface Drawing {
  readonly width: number;
  /** How far it reaches above and below the track. */
  readonly up: number;
  readonly down: number;
  readonly svg: (x: number, y: number) => string;
}

const gap = 10;
const row = 12;
const bend = 8;
/** Of the monospaced font, at 13 pixels. */
const letter = 7.9;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const track = (d: string): string => `<path d="${d}"/>`;

function box(text: string, kind: 'word' | 'reference'): Drawing {
  const width = Math.ceil(text.length * letter + 16);
  return {
    width,
    up: 12,
    down: 12,
    svg(x, y) {
      const label = `<text x="${x + width / 2}" y="${y + 4.5}">${escaped(text)}</text>`;
      const shape = `<rect x="${x}" y="${y - 12}" width="${width}" height="24"${kind === 'word' ? ' rx="12"' : ''} class="${kind}"/>`;
      return kind === 'word' ? `${shape}${label}` : `<a href="#${text}">${shape}${label}</a>`;
    },
  };
}

function draw(part: Part): Drawing {
  switch (part.kind) {
    case 'word':
      return box(part.text, 'word');
    case 'reference':
      return box(part.name, 'reference');
    case 'sequence':
      return inRow(part.parts.map(draw));
    case 'choice':
      return stacked(part.parts.map(draw));
    case 'optional':
      return stacked([{ width: 0, up: 0, down: 0, svg: () => '' }, draw(part.part)]);
    case 'repeated':
      return looped(draw(part.part));
  }
}

function inRow(list: readonly Drawing[]): Drawing {
  const width = list.reduce((sum, d) => sum + d.width, 0) + gap * Math.max(0, list.length - 1);
  return {
    width,
    up: Math.max(0, ...list.map((d) => d.up)),
    down: Math.max(0, ...list.map((d) => d.down)),
    svg(x, y) {
      let at = x;
      return list
        .map((d, index) => {
          const joint = index === 0 ? '' : track(`M${at} ${y}h${gap}`);
          if (index > 0) at += gap;
          const drawn = d.svg(at, y);
          at += d.width;
          return joint + drawn;
        })
        .join('');
    },
  };
}

/** The first on the track, the others below it. */
function stacked(list: readonly Drawing[]): Drawing {
  const inner = Math.max(...list.map((d) => d.width));
  const width = inner + 4 * bend;
  const offsets: number[] = [];
  let depth = 0;
  for (const [index, d] of list.entries()) {
    depth += index === 0 ? 0 : Math.max(d.up + row / 2, 2 * bend);
    offsets.push(depth);
    depth += d.down + (index === list.length - 1 ? 0 : row / 2);
  }
  return {
    width,
    up: list[0]?.up ?? 0,
    down: depth,
    svg: (x, y) =>
      list
        .map((d, index) => {
          const drop = offsets[index] ?? 0;
          const left = x + 2 * bend;
          const rest = inner - d.width;
          const sides =
            drop === 0
              ? track(`M${x} ${y}h${2 * bend}M${left + d.width} ${y}h${rest + 2 * bend}`)
              : track(
                  `M${x} ${y}q${bend} 0 ${bend} ${bend}v${drop - 2 * bend}q0 ${bend} ${bend} ${bend}` +
                    `M${left + d.width} ${y + drop}h${rest}q${bend} 0 ${bend} ${-bend}v${2 * bend - drop}q0 ${-bend} ${bend} ${-bend}`,
                );
          return sides + d.svg(left, y + drop);
        })
        .join(''),
  };
}

/** Once, and back above for more. */
function looped(d: Drawing): Drawing {
  const rise = d.up + row;
  return {
    width: d.width + 4 * bend,
    up: rise,
    down: d.down,
    svg: (x, y) =>
      track(`M${x} ${y}h${2 * bend}M${x + 2 * bend + d.width} ${y}h${2 * bend}`) +
      track(
        `M${x + 2 * bend + d.width} ${y}q${bend} 0 ${bend} ${-bend}v${2 * bend - rise}q0 ${-bend} ${-bend} ${-bend}` +
          `h${-d.width}q${-bend} 0 ${-bend} ${bend}v${rise - 2 * bend}q0 ${bend} ${bend} ${bend}`,
      ) +
      d.svg(x + 2 * bend, y),
  };
}

function diagram(name: string, part: Part): string {
  const d = draw(part);
  const [width, height] = [d.width + 44, d.up + d.down + 8];
  const y = d.up + 4;
  const ends = track(`M4 ${y - 8}v16M4 ${y}h18M${22 + d.width} ${y}h18M${40 + d.width} ${y - 8}v16`);
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"><title>${name}</title>${ends}${d.svg(22, y)}</svg>`;
}

const style = `
:root { color-scheme: light dark; --line: #555; --word: #e3f0e3; --reference: #e6ecf8; --text: #111; }
@media (prefers-color-scheme: dark) { :root { --line: #aaa; --word: #23402a; --reference: #26344f; --text: #eee; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h2 { font: 600 1rem ui-monospace, monospace; margin: 2rem 0 0.5rem; }
figure { margin: 0; overflow-x: auto; }
svg path { fill: none; stroke: var(--line); stroke-width: 1.5; }
svg rect { stroke: var(--line); }
svg rect.word { fill: var(--word); }
svg rect.reference { fill: var(--reference); }
svg text { font: 13px ui-monospace, monospace; fill: var(--text); text-anchor: middle; }
`;

export function railroadPage(
  rules: readonly { readonly name: string; readonly part: Part }[],
  classes: readonly { readonly name: string; readonly text: string; readonly about: string }[],
): string {
  const sections = rules.map(
    ({ name, part }) => `<section id="${name}"><h2>${name}</h2><figure>${diagram(name, part)}</figure></section>`,
  );
  const words = classes.map(
    ({ name, text, about }) =>
      `<section id="${name}"><h2>${name}</h2><p><code>${escaped(text)}</code>${about === '' ? '' : ` (${escaped(about)})`}</p></section>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>The grammar of .nrm</title>',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<h1>The grammar of .nrm</h1>',
    '<p>Generated by scripts/grammar.ts from the parser. Rounded: written so; square: another rule.</p>',
    ...sections,
    ...words,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
