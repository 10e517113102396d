/** Bars: paths side by side that a join brings together. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import type { Diagnostic, Span } from '../../diagnostics/diagnostic.ts';
import type { Dim, Shape, ValueType } from '../../ir/graph.ts';
import { joins } from '../../ir/ops/index.ts';
import type { LayerDef } from '../../ir/vocabulary.ts';
import type { JoinStep } from '../../parser/tree.ts';
import { entryOf } from '../bind.ts';
import { reportFault } from '../infer.ts';
import type { Named } from '../naming.ts';
import type { Wire } from '../places.ts';
import type { Here, Walk } from './here.ts';
import { addStep, nothingArrives } from './step.ts';

interface Path {
  readonly wire: Wire;
  readonly span: Span;
}

export function join(walk: Walk, core: JoinStep, named: Named, current: Wire | null, here: Here): Wire | null {
  const word = core.join;
  const keyword = { ...core.span, end: Math.min(core.span.end, core.span.start + word.length) };
  const paths = core.paths.map((path): Path => {
    const wire =
      walk.body(path.items, current, { ...here, depth: here.depth + 1 }) ??
      nothingArrives(path.span, named.path, walk, here);
    walk.found.used.add(wire);
    return { wire, span: path.items.at(-1)?.span ?? path.span };
  });
  const [first, second] = paths;
  if (first === undefined) return current; // reported by the parser
  if (second === undefined)
    here.report(
      policies.doesNothing.at(keyword, {
        what: `\`${word}\` with one path`,
        why: 'there is nothing to join',
        instead: 'add a path, such as `| identity`, or write the steps without bars',
      }),
    );
  if (word === 'choose') {
    walk.found.choices.push(keyword);
    const other = paths.find((p) => differ(p.wire.type, first.wire.type));
    if (other !== undefined && first.wire.type !== null)
      reportPaths(
        shapes.choiceMismatch.at(keyword, { choice: named.path, first: first.wire.type.shape }),
        word,
        named.path,
        paths,
        here,
      );
    return first.wire;
  }
  const def = entryOf(joins, word);
  if (def === undefined) throw new Error(`no join ${word}`);
  const types = paths.flatMap((p) => (p.wire.type === null ? [] : [p.wire.type]));
  const type = types.length < paths.length ? null : typeOf(def);
  const inputs = paths.map((p) => p.wire);
  return addStep(walk, { word, span: keyword, layer: { def, args: {} }, inputs }, type, named, here);

  function typeOf(def: LayerDef): ValueType | null {
    const inferred = walk.infer(def, types, {}, named.path);
    if (!('fault' in inferred)) return inferred.output;
    const fault = inferred.fault(keyword, null);
    if (fault.code === shapes.joinMismatch.code) reportPaths(fault, word, named.path, paths, here);
    else {
      const wrong = paths.find((p) => p.wire.type?.dtype !== 'float32') ?? first;
      const producer = wrong?.wire.producer ?? null;
      reportFault(inferred, { path: named.path, span: keyword, argument: () => null, producer }, here.report);
    }
    return null;
  }
}

const differ = (a: ValueType | null, b: ValueType | null): boolean =>
  a !== null && b !== null && (a.dtype !== b.dtype || !sameShape(a.shape, b.shape));

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i]);

/** Names each path's last step with the shape it gives, and says what would bring them together. */
function reportPaths(mismatch: Diagnostic, word: string, path: string, paths: readonly Path[], here: Here): void {
  const known = paths.flatMap((p) => (p.wire.type === null ? [] : [{ ...p, shape: p.wire.type.shape }]));
  const [first] = known;
  const odd = known.find((p) => first !== undefined && !sameShape(comparable(p.shape), comparable(first.shape)));
  const way =
    first === undefined || odd === undefined ? null : wayBetween(first.shape, odd.shape, word, here.opened.length > 0);
  const labels = known
    .slice(0, 4)
    .map((p) => ({ span: p.span, text: `\`${p.wire.producer.path}\` gives ${text(p.shape)}` }));
  here.report({
    ...mismatch,
    message: mismatch.message.replace(/^`[^`]*`/, () => `\`${path}\``),
    labels: [...mismatch.labels, ...labels],
    help: way ?? mismatch.help,
  });

  function comparable(shape: Shape): Shape {
    return word === 'concat' ? shape.slice(0, -1) : shape;
  }
}

const text = (shape: Shape): string => `[${shape.join(', ')}]`;

/** What to change so that the shapes of the first path and of an odd one become the same. */
function wayBetween(to: Shape, from: Shape, word: string, inBlock: boolean): string | null {
  if (word === 'mul' || word === 'choose') return null;
  if (to.length !== from.length)
    return to.length === 2 || from.length === 2
      ? 'bring both to one rank: `flatten` or `global_avgpool` in the other path'
      : null;
  // Numbers of this use would be wrong in another.
  const filters = inBlock ? 'filters' : String(to.at(-1));
  if (to.slice(1, -1).some((d, i) => d !== from[i + 1])) {
    const ratio = strideBetween(to[1], from[1]);
    if (word === 'concat' || ratio === null)
      return 'height and width differ: give all paths the same `stride` and `padding: same`; a pool strides by its size unless told otherwise: `maxpool(3, stride: 1)`';
    // Only a path that strides less can be made to stride more by its shortcut.
    if (ratio < 0) return `the paths stride differently: give both the same \`stride\``;
    return `one path strides by ${ratio} more than the other: give both the same \`stride\`, or use \`shortcut(${filters}, stride: ${inBlock ? 'stride' : ratio})\` in the short one`;
  }
  if (to.at(-1) === from.at(-1) || word === 'concat') return null;
  if (to.length === 2) return `the widths differ: \`dense(${filters})\` in the other path makes them the same`;
  return `the channels differ: \`shortcut(${filters})\` in the short path adds a 1×1 convolution where it must`;
}

/** How much more the first path strides; negative when it strides less, null when no whole number tells. */
function strideBetween(to: Dim | undefined, from: Dim | undefined): number | null {
  if (typeof to !== 'number' || typeof from !== 'number') return null;
  const ratio = Math.max(to, from) / Math.min(to, from);
  if (!Number.isInteger(ratio)) return null;
  return to < from ? ratio : -ratio;
}
