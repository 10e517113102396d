/** What the arguments of a step are worth where it stands. */
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { ValueType } from '../../ir/graph.ts';
import type { Signature } from '../../ir/signature.ts';
import type { ArgumentValue, Value } from '../../ir/value.ts';
import type { CallStep } from '../../parser/tree.ts';
import { entryOf } from '../bind.ts';
import { type Environment, emptyEnvironment, evaluate } from '../values.ts';
import { shapeNames } from '../words.ts';

/**
 * The values of the arguments of a step; null when one of them has none. A word that an argument takes for itself (`learn: channels`)
 * is that word, whatever else it stands for.
 */
export function argumentsOf(
  core: CallStep,
  environment: Environment,
  report: Report,
  signature: Signature = {},
): readonly ArgumentValue[] | null {
  const args = core.arguments.map((a): ArgumentValue | null => {
    const words = a.name === null ? undefined : entryOf(signature, a.name.text)?.words;
    const own = a.value.kind === 'name' && words?.includes(a.value.name) === true;
    const value = evaluate(a.value, own ? emptyEnvironment : environment, report);
    return value && { name: a.name?.text ?? null, nameSpan: a.name?.span ?? null, value, span: a.span };
  });
  return args.includes(null) ? null : args.filter((a) => a !== null);
}

/** The parameters, and the shape that arrives as `channels`, `height`, `width`; a parameter of such a name goes first. */
export function withShape(parameters: Environment, type: ValueType | null): Environment {
  const all = new Map<string, Value | null>();
  const nowhere = { file: '', start: 0, end: 0 };
  const set = (name: string, size: number | string | undefined): void => {
    if (size === undefined) return;
    // A size that only the data will tell is a word: whatever needs a number says so.
    all.set(
      name,
      typeof size === 'number'
        ? { kind: 'number', value: size, percent: false, span: nowhere }
        : { kind: 'word', word: size, open: true, span: nowhere },
    );
  };
  if (type === null) for (const name of shapeNames) all.set(name, null);
  else {
    const [, ...shape] = type.shape;
    if (shape.length > 0) set('channels', shape.at(-1));
    if (shape.length === 3) {
      set('height', shape[0]);
      set('width', shape[1]);
    }
  }
  for (const [name, value] of parameters) all.set(name, value);
  return all;
}
