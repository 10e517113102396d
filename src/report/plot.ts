/** Plot without a browser: a drawing becomes SVG text, the same bytes for the same data. */
import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { text } from './html.ts';

/** Of every chart, for the rules of a page. */
export const chartClass = 'nrm-chart';

/** Widths that are read on a phone as they are, and stand side by side on a desk. */
export const chartSize = { width: 420, height: 290 } as const;

export function draw(label: string, options: PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>');
  const svg = plot({
    ...chartSize,
    ...options,
    className: chartClass,
    style: { fontSize: '12px' },
    document,
  });
  // The page has these rules once.
  svg.querySelector('style')?.remove();
  svg.setAttribute('role', 'img');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  // HTML leaves `<` in attributes as it is, XML does not: the label is put in as both read it.
  const [start = '', ...rest] = svg.outerHTML.replaceAll(/<[^>]+>/g, shorter).split('<svg');
  return [start, ` aria-label="${text(label)}"${rest.join('<svg')}`].join('<svg');
}

/** Hundredths of a pixel are enough. */
const shorter = (tag: string): string =>
  tag.replaceAll(/-?\d+\.\d{3,}/g, (n) => String(Math.round(Number(n) * 100) / 100 + 0)).replace(/ \/>$/, '/>');
