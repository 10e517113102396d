/** Charts beside each other as one SVG file, which brings its colours along, in light and dark. */
import { colours } from '../../src/report/colours.ts';
import { tag, text } from '../../src/report/html.ts';
import { type Figure, type LegendEntry, sample } from '../../src/report/page.ts';

export interface Picture {
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly legend: readonly LegendEntry[];
  /** What lines of other looks are. */
  readonly notes: readonly string[];
}

const margin = 16;
const line = 20;
/** About half of the size of the letters. */
const letter = 6.6;

export function pictureOf({ title, figures, legend, notes }: Picture): string {
  const charts = figures.map((figure) => ({ ...figure, size: sizeOf(figure.svg) }));
  const columns = Math.min(2, charts.length);
  const column = Math.max(...charts.map(({ size }) => size.width));
  const rows = Array.from({ length: Math.ceil(charts.length / columns) }, (_, i) =>
    charts.slice(i * columns, (i + 1) * columns),
  );
  const width = columns * (column + margin) + margin;
  const { marks, height: above } = legendOf(legend, notes, width);
  let y = margin + above;
  const drawn = rows.flatMap((row) => {
    const top = y;
    y += line + Math.max(...row.map(({ size }) => size.height)) + margin;
    return row.flatMap((chart, i) => {
      const x = margin + i * (column + margin);
      return [
        tag('text', { x, y: top + 13, class: 'muted' }, text(chart.title)),
        tag('g', { transform: `translate(${x} ${top + line})` }, chart.svg),
      ];
    });
  });
  return `${tag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height: y,
      viewBox: `0 0 ${width} ${y}`,
      role: 'img',
      'aria-label': title,
    },
    tag('title', {}, text(title)),
    `<style>${colours()}\n${rules}</style>`,
    tag('rect', { width, height: y, fill: 'var(--page)' }),
    ...marks,
    ...drawn,
  )}\n`;
}

const rules =
  'svg{color:var(--ink);font:13px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}text{white-space:pre;fill:var(--ink)}.muted{fill:var(--muted)}';

function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const of = (name: string): number => Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]);
  return { width: of('width'), height: of('height') };
}

/** Names beside samples, in as many lines as they take. */
function legendOf(entries: readonly LegendEntry[], notes: readonly string[], width: number) {
  const items = [
    ...entries.map(({ name, colour }) => ({ name, head: sample(colour), indent: 32 })),
    ...notes.map((name) => ({ name, head: '', indent: 0 })),
  ];
  let [x, y] = [margin, margin];
  const marks = items.map(({ name, head, indent }) => {
    const wide = indent + name.length * letter + 18;
    if (x > margin && x + wide > width - margin) [x, y] = [margin, y + line];
    const at = `translate(${x} ${y})`;
    x += wide;
    return tag(
      'g',
      { transform: at },
      head,
      tag('text', { x: indent, y: 11, ...(indent === 0 ? { class: 'muted' } : {}) }, text(name)),
    );
  });
  return { marks, height: items.length === 0 ? 0 : y - margin + line + 8 };
}
