/** A page that is one file: no scripts, nothing from elsewhere, light and dark, for a phone too. */
import { colours, seriesColour, seriesShape } from './colours.ts';
import { element, tag, text } from './html.ts';
import { chartClass } from './plot.ts';

export interface Page {
  readonly title: string;
  /** Under the title: when, with what. */
  readonly subtitle?: string;
  /** Rules of its own, behind those of every page. */
  readonly style?: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  /** Markup: paragraphs, figures, tables. */
  readonly content: readonly string[];
}

export const page = ({ title, subtitle, style, sections }: Page): string =>
  [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8"/>',
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    element('title', title),
    `<style>\n${[colours(), rules, ...(style === undefined ? [] : [style])].join('\n')}\n</style>`,
    '</head>',
    '<body>',
    tag(
      'header',
      {},
      element('h1', title),
      ...(subtitle === undefined ? [] : [element('p', subtitle, { class: 'muted' })]),
    ),
    ...sections.map(({ title: of, content }) => tag('section', {}, `${element('h2', of)}\n${content.join('\n')}\n`)),
    '</body>',
    '</html>',
    '',
  ].join('\n');

export const paragraph = (content: string): string => element('p', content);

export const list = (items: readonly string[]): string => tag('ul', {}, ...items.map((item) => element('li', item)));

/** Text as it was written: a spec. */
export const source = (content: string): string => tag('pre', { tabindex: '0' }, element('code', content.trimEnd()));

export interface Figure {
  readonly title: string;
  readonly svg: string;
}

/** Charts beside each other, as many as there is room for and at most `most`, under a legend for all of them. */
export const figures = (all: readonly Figure[], key = '', most?: number): string =>
  key +
  tag(
    'div',
    { class: most === 2 ? 'figures pairs' : 'figures' },
    ...all.map(({ title, svg }) => tag('figure', {}, tag('figcaption', {}, text(title)), svg)),
  );

export interface LegendEntry {
  readonly name: string;
  readonly colour: number;
}

/** Names beside the colours and shapes of series; `notes` say what lines of other looks are. */
export const legend = (entries: readonly LegendEntry[], notes: readonly string[] = []): string =>
  tag(
    'ul',
    { class: 'legend' },
    ...entries.map(({ name, colour }) => tag('li', {}, sample(colour), text(` ${name}`))),
    ...notes.map((note) => element('li', note, { class: 'muted' })),
  );

const outlines: Readonly<Record<ReturnType<typeof seriesShape>, string>> = {
  circle: 'M-4,0A4,4 0 1 1 4,0A4,4 0 1 1 -4,0Z',
  square: 'M-3.5,-3.5H3.5V3.5H-3.5Z',
  triangle: 'M0,-4.6L4,2.9H-4Z',
  diamond: 'M0,-5L3.6,0L0,5L-3.6,0Z',
  star: 'M0,-5L1.2,-1.6H4.8L1.9,.6L3,4L0,1.9L-3,4L-1.9,.6L-4.8,-1.6H-1.2Z',
  cross: 'M-1.5,-4.5H1.5V-1.5H4.5V1.5H1.5V4.5H-1.5V1.5H-4.5V-1.5H-1.5Z',
  wye: 'M-1.4,.8V4.6H1.4V.8L4.7,-1.1L3.3,-3.5L0,-1.6L-3.3,-3.5L-4.7,-1.1Z',
};

/** The line and shape of a series. */
export const sample = (colour: number): string =>
  tag(
    'svg',
    { width: 26, height: 12, viewBox: '-13 -6 26 12', 'aria-hidden': 'true' },
    tag('path', { d: 'M-13,0H13', stroke: seriesColour(colour), 'stroke-width': 1.5 }),
    tag('path', { d: outlines[seriesShape(colour)], fill: seriesColour(colour) }),
  );

const rules = `
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:72rem;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{margin:.5rem 0 0;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}
h2{margin:2rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:1.2rem}
p,li{max-width:46rem;margin:.5rem 0}
.muted,figcaption,caption{color:var(--muted)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.85rem}
pre{margin:.5rem 0;padding:.75rem 1rem;overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:6px;line-height:1.45}
a{color:var(--link)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem 1.5rem;align-items:start}
.pairs{grid-template-columns:repeat(auto-fit,minmax(min(100%,max(22rem,40%)),1fr))}
figure{margin:0;max-width:36rem}
figcaption{font-size:.9rem}
.${chartClass}{display:block;width:100%;height:auto;overflow:visible;color:var(--ink);background:none}
.${chartClass} text{white-space:pre}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:.5rem 0 .75rem;padding:0;list-style:none;font-size:.9rem}
.legend li{margin:0}
.legend svg{vertical-align:-1px}
.scroll{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.25rem}
th,td{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;white-space:nowrap}
th{font-weight:600}
.number{text-align:right}
.sentences{min-width:16rem;white-space:normal;overflow-wrap:anywhere}
.bad{color:var(--bad)}
.good{color:var(--good)}
@media print{body{max-width:none}figure{break-inside:avoid}}
`.trim();
