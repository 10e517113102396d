/** From a layer of a model back to the call that is written for it, and edits of such calls. */
import type { Edit, Span } from '../../diagnostics/diagnostic.ts';
import type { Argument, CallStep, Item, SourceFile, StepCore, StepItem } from '../../parser/tree.ts';

/** A call as a step of a body. */
export interface Placed {
  readonly call: CallStep;
  readonly item: StepItem;
  /** Steps of the body or path that it stands in, itself among them. */
  readonly steps: number;
  /** In a block, which other networks may use in other ways. */
  readonly inBlock: boolean;
}

/** The call at a place; null where a layer comes from something else, such as a join. */
export type Calls = (span: Span) => Placed | null;

const keyOf = ({ file, start, end }: Span): string => `${file}:${start}-${end}`;

/** Indexes the bodies of all networks and blocks at the first question. */
export function callsOf(files: () => Iterable<SourceFile>): Calls {
  let index: Map<string, Placed> | null = null;
  return (span) => {
    index ??= indexOf(files());
    return index.get(keyOf(span)) ?? null;
  };
}

function indexOf(files: Iterable<SourceFile>): Map<string, Placed> {
  const index = new Map<string, Placed>();
  const walk = (items: readonly Item[], inBlock: boolean): void => {
    const steps = items.filter((item) => item.kind === 'step').length;
    for (const item of items) {
      if (item.kind !== 'step') continue;
      if (item.core.kind === 'call') index.set(keyOf(item.core.span), { call: item.core, item, steps, inBlock });
      for (const body of bodiesOf(item.core)) walk(body, inBlock);
    }
  };
  for (const file of files) for (const d of file.declarations) if ('body' in d) walk(d.body, d.kind === 'block');
  return index;
}

/** The bodies in a step. */
export function bodiesOf(core: StepCore): readonly (readonly Item[])[] {
  switch (core.kind) {
    case 'stage':
    case 'repeat':
    case 'for':
      return [core.body];
    case 'join':
      return core.paths.map((path) => path.items);
    case 'if':
      return core.else === null ? [core.then] : [core.then, core.else];
    default:
      return [];
  }
}

/** What is written with a name and in parentheses: a call of a step, or of a value. */
interface Written {
  readonly span: Span;
  readonly arguments: readonly Pick<Argument, 'span'>[];
}

/** Takes one argument out of a call, with its comma; with the only one go the parentheses. */
export function withoutArgument(call: Written, nameSpan: Span, at: number): readonly Edit[] {
  const argument = call.arguments[at]?.span;
  const next = call.arguments[at + 1]?.span;
  const before = call.arguments[at - 1]?.span;
  if (argument === undefined) return [];
  const { file } = argument;
  if (next !== undefined) return [{ span: { file, start: argument.start, end: next.start }, text: '' }];
  if (before !== undefined) return [{ span: { file, start: before.end, end: argument.end }, text: '' }];
  return [{ span: { file, start: nameSpan.end, end: call.span.end }, text: '' }];
}
