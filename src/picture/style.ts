/** Colours of a picture, in light and dark; plain rules, which every viewer of SVG reads. */
import { fonts, size } from './measure.ts';

interface Palette {
  readonly page: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly card: string;
  readonly frame: string;
  readonly box: string;
  readonly norm: string;
  readonly act: string;
  readonly drop: string;
}

const light: Palette = {
  page: '#ffffff',
  ink: '#1f2328',
  muted: '#656d76',
  line: '#818b98',
  card: '#ffffff',
  frame: '#c4ccd5',
  box: '#5b7a99',
  norm: '#0969da',
  act: '#bc4c00',
  drop: '#8250df',
};

const dark: Palette = {
  page: '#0d1117',
  ink: '#e6edf3',
  muted: '#9198a1',
  line: '#7d8590',
  card: '#161b22',
  frame: '#3d444d',
  box: '#8ba7c4',
  norm: '#58a6ff',
  act: '#f0883e',
  drop: '#bc8cff',
};

/** The class of the picture: within a page its rules reach nothing else. */
export const scope = 'nrm-picture';

const rule = (selectors: string, declarations: string): string =>
  `${selectors
    .split(',')
    .map((s) => `.${scope} ${s}`)
    .join(',')}{${declarations}}`;

const colours = (p: Palette): readonly string[] => [
  rule('.page', `fill:${p.page}`),
  rule('text', `fill:${p.ink}`),
  rule('.muted', `fill:${p.muted}`),
  rule('.edge', `stroke:${p.line}`),
  rule('.tip', `fill:${p.line}`),
  rule('.card,.pill', `fill:${p.card};stroke:${p.frame}`),
  rule('.join', `fill:${p.card};stroke:${p.line}`),
  rule('.sign', `stroke:${p.ink}`),
  rule('.box', `fill:${p.box};stroke:${p.frame}`),
  rule('.rule', `stroke:${p.frame}`),
  ...(['norm', 'act', 'drop'] as const).map((slot) => rule(`.${slot}`, `fill:${p[slot]};stroke:${p[slot]}`)),
  rule('.pinned', 'fill:none'),
];

export const style = (): string =>
  [
    rule('text', `font-family:${fonts};font-size:${size.line}px;white-space:pre`),
    rule('.small', `font-size:${size.label}px`),
    rule('.head', `font-size:${size.title}px;font-weight:600`),
    rule('.title', 'font-weight:600'),
    rule('.edge,.sign', 'fill:none;stroke-width:1.5'),
    rule('.rule', 'stroke-width:1'),
    rule('.box', 'fill-opacity:.08'),
    rule('.again', 'stroke-dasharray:5 4'),
    rule('.hit', 'fill:none;pointer-events:all'),
    ...colours(light),
    `@media (prefers-color-scheme:dark){${colours(dark).join('')}}`,
  ].join('\n');
