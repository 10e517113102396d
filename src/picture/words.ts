/** What a layer, a shape or a setting is called in pictures and tables. */
import { firstPath } from '../check/first-path.ts';
import { printValue } from '../check/index.ts';
import type { EffectiveSetting, Layer, LostReason, Model } from '../check/model.ts';
import type { AttrValue, Dim, Shape, ValueType } from '../ir/graph.ts';
import type { ParameterSpec } from '../ir/signature.ts';

/** A size with a name is a sum or product: `H−4`; what stands in a division (`⌈(H+1)/2⌉`) keeps together by itself. */
function dimText(dim: Dim): string {
  const text = String(dim);
  const outside = [...text].reduce<{ readonly depth: number; readonly kept: string }>(
    ({ depth, kept }, c) => ({
      depth: depth + ('⌈⌊('.includes(c) ? 1 : '⌉⌋)'.includes(c) ? -1 : 0),
      kept: depth === 0 ? kept + c : kept,
    }),
    { depth: 0, kept: '' },
  ).kept;
  return /[+−·]/.test(outside) ? `(${text})` : text;
}

/** `112×112×64`, `(H−4)×W×8`: without the batch, which is everywhere the same; `·` where nothing else is left. */
export const dimsText = (shape: Shape): string => (shape.length < 2 ? '·' : shape.slice(1).map(dimText).join('×'));

/** `float32[224, 224, 3]`, as an input is declared. */
export const typeText = ({ dtype, shape }: ValueType): string => `${dtype}[${shape.slice(1).join(', ')}]`;

export const grouped = (n: number): string => n.toLocaleString('en-US');

export const sizeOf = (shape: Shape): number => shape.reduce<number>((n, d) => n * (typeof d === 'number' ? d : 1), 1);

/** How many numbers of a layer are trained, kept from training by a policy, or statistics that move. */
export interface Counts {
  readonly trained: number;
  readonly frozen: number;
  readonly statistics: number;
}

export function countsOf(layers: readonly Layer[]): Counts {
  const total = { trained: 0, frozen: 0, statistics: 0 };
  for (const { spec, shape, trainable } of layers.flatMap((l) => l.weights))
    total[spec.role === 'statistic' ? 'statistics' : trainable ? 'trained' : 'frozen'] += sizeOf(shape);
  return total;
}

/** `107,808 trainable numbers, 44 moving statistics` */
export function countsText(model: Model): string {
  const { trained, frozen, statistics } = countsOf(firstPath(model));
  return [
    `${grouped(trained)} trainable numbers`,
    ...(frozen === 0 ? [] : [`${grouped(frozen)} frozen`]),
    ...(statistics === 0 ? [] : [`${grouped(statistics)} moving statistics`]),
  ].join(', ');
}

/** Layers with weights of their own: an `again` of one shares them. */
export const ownersOf = (model: Model): ReadonlySet<string> =>
  new Set(model.layers.filter((l) => l.weights.length > 0).map((l) => l.path));

/** `policy Modern` */
export const policyText = (model: Model): string => (model.policy === null ? 'no policy' : `policy ${model.policy}`);

/** The name without the groups that it stands in. */
export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

const isAutomatic = (layer: Layer): boolean =>
  lastName(layer.path).startsWith(layer.def.name) && /^\d+$/.test(lastName(layer.path).slice(layer.def.name.length));

/** An argument that says more than its default, with what it is called. */
interface Told {
  readonly key: string;
  readonly value: AttrValue;
  readonly positional: boolean;
}

const same = (a: AttrValue | undefined, b: AttrValue | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `bias` is left out: it has been resolved, and whether there is one shows in the count. */
const told = ({ def, args }: Layer): readonly Told[] =>
  Object.entries(def.signature).flatMap(([key, parameter]: [string, ParameterSpec]) => {
    const value = args[key];
    return value === undefined || key === 'bias' || same(value, parameter.default)
      ? []
      : [{ key, value, positional: parameter.positional }];
  });

/** `3`, `[3, 5]`; what stands equally on all sides is one number. */
function printArgument(value: AttrValue): string {
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  if (!Array.isArray(value)) return String(value);
  const [first] = value;
  return first !== undefined && value.length > 1 && value.every((v) => same(v, first))
    ? printArgument(first)
    : `[${value.map(printArgument).join(', ')}]`;
}

/** `conv(64, kernel: 7, stride: 2)`: as it would be written, without what is so by default. */
export function callText(layer: Layer): string {
  const args = told(layer).map((t) => `${t.positional ? '' : `${t.key}: `}${printArgument(t.value)}`);
  return args.length === 0 ? layer.def.name : `${layer.def.name}(${args.join(', ')})`;
}

const isPair = (value: AttrValue | undefined): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === 'number');

const across = (pair: readonly [number, number]): string => pair.join('×');

/**
 * `3×3, 64, /2`: window, sizes, stride, and what else is out of the ordinary; the op before it where the name does not tell.
 * Of a norm only what stands without a name (`group 8`): the rest is in the tooltip.
 */
export function shortText(layer: Layer): string {
  const { def, args } = layer;
  const window = [args.kernel, args.size].find(isPair);
  const stride = 'stride' in args ? (args.stride ?? args.size) : null;
  const rest = told(layer).filter(({ key }) => !['kernel', 'size', 'stride', 'padding'].includes(key));
  const parts = [
    ...(window === undefined ? [] : [across(window)]),
    ...rest.filter((t) => t.positional).map((t) => printArgument(t.value)),
    ...(isPair(stride) && !same(stride, [1, 1]) ? [`/${stride[0] === stride[1] ? stride[0] : across(stride)}`] : []),
    ...(args.padding === 'valid' ? ['valid'] : []),
    ...(def.use === 'norm' ? [] : rest.filter((t) => !t.positional).map((t) => `${t.key} ${printArgument(t.value)}`)),
  ];
  return [...(isAutomatic(layer) ? [] : [def.name]), ...(parts.length === 0 ? [] : [parts.join(', ')])].join(' ');
}

/** `norm`, `decay`, `bias.init`: what is said of a layer means its kernel. */
export const settingName = ({ key, weight }: EffectiveSetting): string =>
  weight === null || weight === 'kernel' ? key : `${weight}.${key}`;

const whyLost: Readonly<Record<LostReason, string>> = {
  pin: 'the network pins it',
  set: 'set from outside',
  specificity: 'less specific',
  order: 'an earlier rule',
  extends: 'of the policy that is extended',
  composition: 'of an earlier policy',
};

/** The rule that set it, and those that lost. */
export const settingLines = (setting: EffectiveSetting): readonly string[] => [
  `${settingName(setting)}: ${printValue(setting.value)} (${setting.from.text})`,
  ...setting.lost.map(({ value, from, why }) => `  not ${printValue(value)} (${from.text}; ${whyLost[why]})`),
];
