/**
 * Colours of pages and charts, in light and dark. Series have ten, which readers with any colour vision can tell from their neighbours;
 * a chart gives each a shape too, so that nothing hangs on colour alone. Charts name colours by variables of CSS, so one SVG serves both.
 */

interface Palette {
  readonly page: string;
  readonly card: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly link: string;
  readonly good: string;
  readonly bad: string;
  readonly series: readonly string[];
}

const light: Palette = {
  page: '#ffffff',
  card: '#f6f8fa',
  ink: '#1f2328',
  muted: '#59636e',
  line: '#d1d9e0',
  link: '#0969da',
  good: '#1a7f37',
  bad: '#cf222e',
  series: [
    '#4269d0',
    '#c8860b',
    '#d6483b',
    '#1f9e89',
    '#a463f2',
    '#d6569a',
    '#3ca951',
    '#7a5c45',
    '#5b94d6',
    '#6e7781',
  ],
};

const dark: Palette = {
  page: '#0d1117',
  card: '#161b22',
  ink: '#e6edf3',
  muted: '#9198a1',
  line: '#30363d',
  link: '#58a6ff',
  good: '#3fb950',
  bad: '#f85149',
  series: [
    '#7c9cf5',
    '#efb118',
    '#ff8275',
    '#4fd1bd',
    '#c297ff',
    '#ff8ab7',
    '#64d179',
    '#c09a7e',
    '#97c5f5',
    '#a9b1ba',
  ],
};

/** How many series can be told apart. */
export const seriesColours = light.series.length;

/** The colour of a series, as a value of CSS. */
export const seriesColour = (index: number): string => `var(--series-${index % seriesColours})`;

/** Shapes of the points of a series. */
const shapes = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye'] as const;
export type Shape = (typeof shapes)[number];
export const seriesShape = (index: number): Shape => shapes[index % shapes.length] ?? 'circle';

const variables = ({ series, ...rest }: Palette): string =>
  [
    ...Object.entries(rest).map(([name, value]) => `--${name}:${value}`),
    ...series.map((value, i) => `--series-${i}:${value}`),
  ].join(';');

/** The variables, for the page that holds the charts. */
export const colours = (): string =>
  `:root{color-scheme:light dark;${variables(light)}}\n@media (prefers-color-scheme:dark){:root{${variables(dark)}}}`;
