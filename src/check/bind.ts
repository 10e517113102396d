/** Binds arguments: to the signature of an op, method or setting, and to the parameters of a network or policy. */
import { layers as catalog } from '../diagnostics/catalog/layers.ts';
import { names } from '../diagnostics/catalog/names.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { listed, quoted } from '../diagnostics/wording.ts';
import type { AttrValue } from '../ir/graph.ts';
import { layers, optimizers } from '../ir/ops/index.ts';
import type { ArgumentsOf, Signature } from '../ir/signature.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { Argument, Parameter } from '../parser/tree.ts';
import { saidElsewhere, suggestArgument } from './familiar.ts';
import { placed, positionalKeys } from './positions.ts';
import { printValue } from './printing.ts';
import { isOpenSize, tracing } from './tracing.ts';
import { describe, type Environment, evaluate } from './values.ts';

/** What is being called. */
interface Callee {
  readonly name: string;
  /** Where a missing argument is reported. */
  readonly span: Span;
  /** Names that stand for values here, to be offered instead of a misspelt one. */
  readonly environment: Environment;
}

export type BoundArguments = ArgumentsOf<Signature>;

export const entryOf = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Every argument with its default, or null when something was wrong; each wrong argument is reported. */
export function bind(
  signature: Signature,
  args: readonly ArgumentValue[],
  callee: Callee,
  sink: Report,
): BoundArguments | null {
  const report = tracing(args, sink);
  const given = assign(Object.keys(signature), positionalKeys(signature), args, callee, report, (value) =>
    likelyName(signature, args, value),
  );
  let fine = given !== null;
  const bound: [string, AttrValue][] = [];
  for (const [key, spec] of Object.entries(signature)) {
    const argument = given?.get(key) ?? args.find((a) => a.name === key);
    if (argument === undefined) {
      if (spec.default !== undefined) bound.push([key, spec.default]);
      else if (given !== null) {
        report(
          catalog.missingArgument.at(callee.span, {
            callee: callee.name,
            argument: key,
            accepts: spec.accepts,
            positional: positionalKeys(signature)[0] === key,
          }),
        );
        fine = false;
      }
      continue;
    }
    const value = spec.read(argument.value);
    if (value !== undefined) bound.push([key, value]);
    else {
      // A value that was passed is no misspelt name of this place.
      const passed = argument.value.origin !== undefined;
      const near = nearestValue(argument.value, [
        ...(passed ? [] : callee.environment.keys()),
        ...wordsOf(spec.accepts),
      ]);
      report(
        catalog.argumentNotAccepted.at(argument.value.span, {
          callee: callee.name,
          argument: key,
          accepts: spec.accepts,
          found: describe(argument.value),
          nearest: near,
          hint:
            symbolHint(argument.value, callee.environment) ??
            roundingHint(argument.value, spec.accepts) ??
            shareHint(argument.value, spec) ??
            quotesHint(argument.value, key, spec) ??
            unquotedHint(argument.value, spec) ??
            (near === null && wordsOf(spec.accepts).length === 0 && !passed
              ? nameHint(argument.value, callee.environment)
              : null),
        }),
      );
      fine = false;
    }
  }
  return fine ? Object.fromEntries(bound) : null;
}

/** `height` stands for a word where the input's type has a name instead of a number. */
function symbolHint(value: Value, environment: Environment): string | null {
  if (value.kind !== 'word' || !isOpenSize(value)) return null;
  const size = [...environment].find(([, v]) => v?.kind === 'word' && v.word === value.word);
  return size === undefined
    ? null
    : `\`${size[0]}\` is \`${value.word}\` here, which only the data knows; give the input a number for it`;
}

/** A word where only a value can stand. */
function nameHint(value: Value, environment: Environment): string | null {
  if (value.kind !== 'word') return null;
  const known = [...environment.keys()];
  return known.length === 0
    ? null
    : `\`${value.word}\` stands for no value here; names with a value are ${listed(quoted(known), 'and')}`;
}

/** Nothing rounds by itself: a size that came out of a division says so. */
function roundingHint(value: Value, accepts: string): string | null {
  if (value.kind !== 'number' || !accepts.startsWith('a whole number') || Number.isInteger(value.value)) return null;
  const [down, up] = [Math.floor(value.value), Math.ceil(value.value)];
  const near = down >= 1 ? `\`${down}\` or \`${up}\`` : `\`${Math.max(up, 1)}\``;
  return value.text === undefined
    ? `\`/\` does not round: use numbers that divide without a remainder, or write ${near}`
    : `sizes and counts are whole: write ${near}`;
}

/** `padding: "same"`: words stand without quotes. */
function quotesHint(value: Value, key: string, spec: Signature[string]): string | null {
  if (value.kind !== 'string') return null;
  const word = spec.read({ kind: 'word', word: value.value, span: value.span });
  return word === undefined ? null : `write it without quotes: \`${key}: ${value.value}\``;
}

/** `csv(iris.csv)`: names of files stand in quotes. */
function unquotedHint(value: Value, spec: Signature[string]): string | null {
  if (value.kind !== 'word' || value.origin !== undefined) return null;
  const text = spec.read({ kind: 'string', value: value.word, span: value.span });
  return text === undefined ? null : `write it in quotes: \`"${value.word}"\``;
}

/** 20 for a fifth: shares are below 1, or have a percent sign. */
function shareHint(value: Value, spec: Signature[string]): string | null {
  if (value.kind !== 'number' || value.percent || value.value < 1 || value.value >= 100) return null;
  const share = Number((value.value / 100).toPrecision(12));
  if (spec.read({ ...value, value: share }) === undefined) return null;
  return value.value === 1 ? null : `write \`${value.value}%\`, or \`${share}\``;
}

/** `kernel: 5` for a nameless 5, when that is what is still missing. */
function likelyName(signature: Signature, args: readonly ArgumentValue[], value: Value): string | null {
  const missing = Object.keys(signature).find(
    (key) => signature[key]?.default === undefined && !signature[key]?.positional && !args.some((a) => a.name === key),
  );
  return missing !== undefined && signature[missing]?.read(value) !== undefined
    ? `${missing}: ${printValue(value)}`
    : null;
}

/** Names of parameters and their values; null when an argument was wrong. */
export function bindParameters(
  parameters: readonly Parameter[],
  args: readonly ArgumentValue[],
  callee: Callee,
  report: Report,
  missing: 'error' | 'unknown' = 'error',
  /** What defaults may use beside the parameters before them. */
  around: Environment = new Map(),
): Environment | null {
  const known = parameters.map((p) => p.name.text);
  const given = assign(known, known, args, callee, report);
  let fine = given !== null;
  const environment = new Map<string, Value | null>();
  for (const [i, parameter] of parameters.entries()) {
    const name = parameter.name.text;
    if (name === '') {
      fine = false;
      continue;
    }
    const first = parameters.findIndex((p) => p.name.text === name);
    if (first < i) {
      report(
        names.duplicateName.at(
          parameter.name.span,
          { path: name, what: 'parameters', automatic: false },
          { places: { first: parameters[first]?.name.span ?? null } },
        ),
      );
      fine = false;
      continue;
    }
    const argument = given?.get(name);
    if (argument !== undefined) environment.set(name, argument.value);
    else if (parameter.default !== null) {
      // A default may use the parameters before it.
      const value = evaluate(parameter.default, new Map([...around, ...environment]), report);
      environment.set(name, value);
      if (value === null) fine = false;
    } else {
      if (missing === 'error' && given !== null) {
        report(
          catalog.missingArgument.at(callee.span, {
            callee: callee.name,
            argument: name,
            accepts: null,
            positional: false,
          }),
        );
        fine = false;
      }
      environment.set(name, null);
    }
  }
  return fine ? environment : null;
}

/** Which argument is meant by which key; each that is meant by none, or by one that has its argument, is reported. */
function assign(
  known: readonly string[],
  positional: readonly string[],
  args: readonly ArgumentValue[],
  callee: Callee,
  report: Report,
  likely: (value: Value) => string | null = () => null,
): ReadonlyMap<string, ArgumentValue> | null {
  const given = new Map<string, ArgumentValue>();
  let fine = true;
  for (const { key, argument } of placed(positional, args)) {
    if (key === null) {
      const named = known.filter((k) => !positional.includes(k) && !given.has(k));
      const facts = { callee: callee.name, positional, named, likely: likely(argument.value) };
      report(catalog.tooManyArguments.at(argument.span, facts));
      fine = false;
      continue;
    }
    const first = given.get(key);
    if (key === '') {
      fine = false; // missing, and reported by the parser
      continue;
    }
    if (!known.includes(key)) {
      reportUnknown(key, argument.nameSpan ?? argument.span, known, callee, report);
      fine = false;
    } else if (first !== undefined) {
      report(
        catalog.argumentTwice.at(
          argument.span,
          { callee: callee.name, argument: key },
          { places: { first: first.span } },
        ),
      );
      fine = false;
    } else given.set(key, argument);
  }
  return fine ? given : null;
}

function reportUnknown(key: string, span: Span, known: readonly string[], callee: Callee, report: Report): void {
  // A parameter of a network or policy may be called anything.
  const isOurs = Object.hasOwn(layers, callee.name) || Object.hasOwn(optimizers, callee.name);
  const hint = isOurs ? saidElsewhere(key) : null;
  const facts = { callee: callee.name, argument: key, nearest: suggestArgument(key, known), known, hint };
  report(catalog.unknownArgument.at(span, facts));
}

/** What can be said of arguments whose values are not known: that one has an unknown name. */
export function checkArgumentNames(
  signature: Signature,
  args: readonly Argument[],
  callee: Callee,
  report: Report,
): void {
  const known = Object.keys(signature);
  for (const { name } of args) {
    if (name !== null && name.text !== '' && !known.includes(name.text)) {
      reportUnknown(name.text, name.span, known, callee, report);
    }
  }
}

/** The words that a parameter names as acceptable, for suggestions. */
const wordsOf = (accepts: string): readonly string[] =>
  [...accepts.matchAll(/`([A-Za-z_]\w*)`/g)].flatMap((m) => m[1] ?? []);

/** The nearest candidate, when the value is a word. */
const nearestValue = (value: Value, candidates: readonly string[]): string | null =>
  value.kind === 'word' ? nearest(value.word, candidates) : null;
