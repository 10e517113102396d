/** Losses of a project's own, by a formula or from a module: what is wrong with them by themselves, and the entries they make. */
import { externs } from '../../diagnostics/catalog/externs.ts';
import { losses as errors } from '../../diagnostics/catalog/losses.ts';
import { names } from '../../diagnostics/catalog/names.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { AttrValue } from '../../ir/graph.ts';
import { externLoss } from '../../ir/ops/losses/extern.ts';
import { losses as builtin, compared, needsSeveral, sharesOf, targetOf } from '../../ir/ops/losses/index.ts';
import { number, type Signature } from '../../ir/signature.ts';
import { type LossDef, loss } from '../../ir/vocabulary.ts';
import type { ExternDeclaration, ExternParameter, LossDeclaration, Parameter, Type } from '../../parser/tree.ts';
import { entryOf } from '../bind.ts';
import { wrongPath } from '../extern/module.ts';
import { readParameter } from '../extern/parameters.ts';
import { describe, emptyEnvironment, evaluate } from '../values.ts';
import { readFormula } from './formula.ts';
import { functions } from './functions.ts';
import { lowerFormula } from './lower.ts';
import { operandsOf, type Term } from './term.ts';

export type OwnLoss = LossDeclaration | ExternDeclaration;

/** Names of what it takes beside prediction and target. */
export const parametersOf = (d: OwnLoss | undefined): readonly string[] =>
  d?.parameters.slice(2).map((p) => p.name.text) ?? [];

/** Everything that is wrong with a declaration by itself. */
export function checkLoss(d: OwnLoss, report: Report): void {
  const { text, span } = d.name;
  if (entryOf(builtin, text) !== undefined)
    report(errors.nameTaken.at(span, { name: text, by: 'a loss that is always there' }));
  if (d.kind === 'loss') readOwn(d, report);
  else {
    readExternLoss(d, report);
    const wrong = d.from === null ? null : wrongPath(d.from.value);
    if (d.from !== null && wrong !== null) report(externs.notAModule.at(d.from.span, { path: d.from.value, ...wrong }));
  }
}

/** A loss by a formula, read once. */
export interface Own {
  readonly formula: Term;
  readonly signature: Signature;
}

/** Null after saying what is wrong with it, or when the parser has. */
export function readOwn(d: LossDeclaration, report: Report): Own | null {
  const wrong = (at: Parameter | null, problem: string): null => {
    report(errors.badParameters.at(at?.span ?? d.name.span, { loss: d.name.text, problem }));
    return null;
  };
  const [prediction, target, ...more] = d.parameters;
  if (prediction === undefined || target === undefined)
    return wrong(null, prediction === undefined ? 'takes nothing' : `takes \`${prediction.name.text}\` alone`);
  const given = [prediction, target].find((p) => p.default !== null);
  if (given !== undefined) return wrong(given, `has a default for \`${given.name.text}\`, which the train gives it`);
  if (repeated(d.parameters, report)) return null;
  const signature: [string, Signature[string]][] = [];
  for (const p of more) {
    const common = { positional: true, doc: `parameter of ${d.name.text}` };
    if (p.default === null) {
      signature.push([p.name.text, number(common)]);
      continue;
    }
    const value = evaluate(p.default, emptyEnvironment, report);
    if (value === null) return null;
    if (value.kind !== 'number')
      return wrong(p, `computes with numbers; the default of \`${p.name.text}\` is ${describe(value)}`);
    signature.push([p.name.text, number({ ...common, default: value.value })]);
  }
  const formula = readFormula(
    d.value,
    {
      loss: d.name.text,
      prediction: prediction.name.text,
      target: target.name.text,
      parameters: more.map((p) => p.name.text),
    },
    report,
  );
  return formula && { formula, signature: Object.fromEntries(signature) };
}

/** True after saying that two parameters have one name. */
function repeated(parameters: readonly Parameter[], report: Report): boolean {
  const twice = parameters.filter(
    (p, i) => p.name.text !== '' && parameters.findIndex((q) => q.name.text === p.name.text) < i,
  );
  for (const { name } of twice) {
    const first = parameters.find((q) => q.name.text === name.text)?.name.span ?? null;
    report(
      names.duplicateName.at(
        name.span,
        { path: name.text, what: 'parameters', automatic: false },
        { places: { first } },
      ),
    );
  }
  return twice.length > 0;
}

type TensorParameter = ExternParameter & { readonly type: Type };
const isTensor = (p: ExternParameter): p is TensorParameter => p.type !== null;

/** The plain parameters; null after saying what is wrong. */
function readExternLoss(d: ExternDeclaration, report: Report): Signature | null {
  const wrong = (at: ExternParameter | null, problem: string): null => {
    report(errors.externOperands.at(at?.span ?? d.name.span, { name: d.name.text, problem }));
    return null;
  };
  const tensors = d.parameters.filter(isTensor);
  const [prediction, target, third] = tensors;
  if (prediction === undefined || target === undefined || third !== undefined)
    return wrong(third ?? null, `takes ${tensors.length} ${tensors.length === 1 ? 'tensor' : 'tensors'}`);
  const [first, second, ...more] = d.parameters;
  if (first !== prediction || second !== target) return wrong(target, 'takes its tensors after plain parameters');
  const given = [prediction, target].find((p) => p.default !== null);
  if (given !== undefined) return wrong(given, `has a default for \`${given.name.text}\`, which the train gives it`);
  const odd = [prediction, target].find((p) => !isAnything(p.type));
  if (odd !== undefined) return wrong(odd, `does not take a \`${odd.name.text}\` of any shape, \`float32[...S]\``);
  if (d.result !== null) {
    report(
      errors.externOperands.at(d.result.span, { name: d.name.text, problem: 'gives one number; leave its result out' }),
    );
    return null;
  }
  if (repeated(d.parameters, report)) return null;
  const read = more.map((p): [string, Signature[string] | null] => [
    p.name.text,
    readParameter(d.name.text, p, d.parameters.slice(2, d.parameters.indexOf(p)), report),
  ]);
  const signature = read.flatMap(([key, spec]) => (spec === null ? [] : [[key, spec] as const]));
  return signature.length < read.length ? null : Object.fromEntries(signature);
}

const isAnything = ({ dtype, dimensions }: Type): boolean =>
  (dtype.text === 'float32' || dtype.text === '') && dimensions.length === 1 && dimensions[0]?.kind === 'rest';

/** A parameter of its own that is called so stays what it is. */
const withTarget = (signature: Signature): Signature => ({ ...signature, ...('target' in signature ? {} : compared) });

/** Both compare a prediction with a target of its shape; classes arrive as shares. */
const shared = (name: string) => ({
  target: (...[prediction, field, soft]: Parameters<LossDef['target']>) => targetOf(name, prediction, field, soft),
  probabilities: () => null,
  threshold: null,
});

/** Whether a softmax is in it. */
const sharesOut = (term: Term): boolean =>
  (term.kind === 'call' && entryOf(functions, term.name)?.over === 'row') || operandsOf(term).some(sharesOut);

/** The loss that a declaration makes; undefined when something is wrong with it, which `checkLoss` says. */
export function lossOf(d: OwnLoss, module: string | null): LossDef | undefined {
  const name = d.name.text;
  if (d.kind === 'loss') {
    const own = readOwn(d, () => {});
    if (own === null) return undefined;
    return loss({
      name,
      doc: d.doc === '' ? 'a loss of this project' : d.doc,
      signature: withTarget(own.signature),
      ...shared(name),
      target: (prediction, field, soft) =>
        (sharesOut(own.formula) ? needsSeveral(name)(prediction) : null) ?? targetOf(name, prediction, field, soft),
      loss: (build, { prediction, target }, parameters) =>
        lowerFormula(name, own.formula, { prediction, target: sharesOf(build, prediction, target), parameters }, build),
    });
  }
  const signature = readExternLoss(d, () => {});
  if (signature === null || module === null) return undefined;
  return loss({
    name,
    doc: d.doc === '' ? `a loss of this project: ${module}` : d.doc,
    signature: withTarget(signature),
    ...shared(name),
    loss(build, { prediction, target }, args) {
      const own = Object.keys(signature).map((key): readonly AttrValue[] => [key, args[key] ?? null]);
      const shares = sharesOf(build, prediction, target);
      return build.one(externLoss, [prediction, shares], { name, module, args: own }, 'loss');
    },
  });
}
