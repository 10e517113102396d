/**
 * Walks the body of a network with its parameters known: every step gets a name, its arguments are bound, and the shape that
 * arrives at each is followed. No policy yet: slots keep shapes, so what fills them does not matter here.
 */
import { names } from '../diagnostics/catalog/names.ts';
import { unsupported as unsupportedErrors } from '../diagnostics/catalog/unsupported.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { ValueType } from '../ir/graph.ts';
import { layers } from '../ir/ops/index.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { LayerDef } from '../ir/vocabulary.ts';
import type { CallStep, InputItem, Item, NetworkDeclaration, StageStep, StepItem } from '../parser/tree.ts';
import { type BoundArguments, bind, checkArgumentNames, entryOf } from './bind.ts';
import { bindMethod } from './entries.ts';
import { suggestStep } from './familiar.ts';
import { infer, reportFault, withBias } from './infer.ts';
import { Names } from './naming.ts';
import type { Outline, Pin, Place, SlotPlace, StagePlace, StepPlace } from './places.ts';
import type { Scope } from './scope.ts';
import { tensorType } from './types.ts';
import { isUnsupported, unsupported } from './unsupported.ts';
import { type Environment, evaluate } from './values.ts';
import { includes, isSlot, type Slot, shapeNames, slots, stepNames } from './words.ts';

export function expand(network: NetworkDeclaration, parameters: Environment, scope: Scope, sink: Report): Outline {
  let complete = true;
  const report: Report = (d) => {
    if (d.severity === 'error') complete = false;
    sink(d);
  };
  const incomplete = (): null => {
    complete = false;
    return null;
  };

  const places: Place[] = [];
  let input: Outline['input'] = null;
  /** The value that arrives at the next step; null when it is not known. */
  let current: ValueType | null = null;
  /** What produced it: the last step that is not a slot, or the input. */
  let producer: { readonly path: string; readonly span: Place['span'] } | null = null;

  body(network.body, null, new Names('', scope, report));
  const inputs = network.body.some((item) => item.kind === 'input');
  const steps = places.some((p) => p.kind !== 'stage');
  const constructs = network.body.some(
    (item) => item.kind === 'step' && item.core.kind !== 'call' && item.core.kind !== 'stage',
  );
  if (!inputs) report(names.emptyNetwork.at(network.name.span, { network: network.name.text, missing: 'input' }));
  else if (!steps && !constructs && complete)
    report(names.emptyNetwork.at(network.name.span, { network: network.name.text, missing: 'steps' }));
  return { network: network.name.text, span: network.name.span, input, places, complete };

  function body(items: readonly Item[], parent: StagePlace | null, here: Names): void {
    for (const item of items) {
      if (item.kind === 'input') inputItem(item, parent, here);
      else stepItem(item, parent, here);
    }
  }

  function inputItem(item: InputItem, parent: StagePlace | null, here: Names): void {
    const name = item.name.text;
    if (parent !== null)
      return void report(names.misplacedInput.at(item.name.span, { name, why: `inside stage \`${parent.path}\`` }));
    if (input !== null) {
      return void report(
        unsupportedErrors.construct.at(item.span, {
          what: 'a second input',
          instead: 'put both into one tensor, such as channels of one image: `input x: float32[28, 28, 2]`',
        }),
      );
    }
    if (places.length > 0) report(names.misplacedInput.at(item.name.span, { name, why: 'behind a step' }));
    here.take(name, item.name.span, 'inputs', false);
    if (includes(stepNames, name)) report(names.inputNameTaken.at(item.name.span, { name, what: 'an input' }));
    const type = item.type === null ? incomplete() : tensorType(item.type, name, parameters, report);
    if (type === null) return void incomplete();
    current = { dtype: type.dtype, shape: ['N', ...type.shape] };
    producer = { path: name, span: item.span };
    input = { name, type: current, span: item.span };
  }

  function stepItem(item: StepItem, parent: StagePlace | null, here: Names): void {
    if (item.output)
      report(
        unsupportedErrors.construct.at(wordAt(item.span, 'output'), {
          what: '`output`',
          instead: 'leave it out: the last value is the output',
        }),
      );
    if (item.as !== null)
      report(
        unsupportedErrors.construct.at(item.as.span, {
          what: '`as`',
          instead: 'leave it out: each step takes the value of the one before it',
        }),
      );
    const { core } = item;
    if (core.kind === 'call') call(item, core, parent, here);
    else if (core.kind === 'stage') stage(item, core, parent, here);
    else {
      if (item.label !== null) here.label(item.label);
      const what = core.kind === 'join' ? core.join : core.kind;
      const instead = insteadOf[core.kind] ?? null;
      report(unsupportedErrors.construct.at(wordAt(core.span, what), { what: `\`${what}\``, instead }));
      current = null;
    }
  }

  function stage(item: StepItem, core: StageStep, parent: StagePlace | null, here: Names): void {
    if (core.body.length === 0 && item.label !== null)
      report(names.emptyStage.at(core.span, { stage: item.label.text }));
    // A stage without a label has been reported by the parser; it gets a name to go on with.
    const name = item.label === null ? here.step('stage', null, core.span) : here.label(item.label);
    const place: StagePlace = {
      kind: 'stage',
      name,
      path: here.path(name),
      parent,
      span: item.label?.span ?? core.span,
    };
    places.push(place);
    body(core.body, place, new Names(place.path, scope, report));
  }

  function call(item: StepItem, core: CallStep, parent: StagePlace | null, here: Names): void {
    const word = core.name.text;
    const name = here.step(word, item.label, core.name.span);
    const base = { name, path: here.path(name), parent, span: core.span };
    if (isSlot(word)) {
      places.push({ kind: 'slot', ...base, word, pin: pin(word, core) } satisfies SlotPlace);
      return;
    }
    const def = entryOf(layers, word);
    const layer = def?.use === 'step' ? stepLayer(def, core) : unknownStep(core, def);
    const before = current;
    current = layer === null || before === null ? null : follow(layer, before, base.path, core);
    places.push({ kind: 'step', ...base, word, layer, input: before, output: current } satisfies StepPlace);
    producer = { path: base.path, span: core.span };
  }

  function stepLayer(def: LayerDef, core: CallStep): StepPlace['layer'] {
    const environment = withShape(parameters, current);
    const callee = { name: def.name, span: core.span, environment };
    const args = argumentsOf(core, environment);
    if (args === null) checkArgumentNames(def.signature, core.arguments, callee, report);
    const bound = args && bind(def.signature, args, callee, report);
    return bound === null ? incomplete() : { def, args: bound };
  }

  /** The type of a layer's value, or null after reporting that the shapes do not fit. */
  function follow(
    { def, args }: { readonly def: LayerDef; readonly args: BoundArguments },
    before: ValueType,
    path: string,
    core: CallStep,
  ): ValueType | null {
    const inferred = infer(def, before, withBias(args, true), path);
    if (!('fault' in inferred)) return inferred.output;
    const positional = Object.keys(def.signature).filter((key) => def.signature[key]?.positional);
    const argument = (key: string) => {
      const named = core.arguments.find((a) => a.name?.text === key);
      const unnamed = core.arguments.filter((a) => a.name === null);
      return (named ?? unnamed[positional.indexOf(key)])?.span ?? null;
    };
    reportFault(inferred, { path, span: core.span, argument, producer }, report);
    return null;
  }

  function argumentsOf(core: CallStep, environment: Environment): readonly ArgumentValue[] | null {
    const args = core.arguments.map((a): ArgumentValue | null => {
      const value = evaluate(a.value, environment, report);
      return value && { name: a.name?.text ?? null, nameSpan: a.name?.span ?? null, value, span: a.span };
    });
    return args.includes(null) ? incomplete() : args.filter((a) => a !== null);
  }

  function pin(slot: Slot, core: CallStep): Pin | null {
    if (!core.parentheses && core.arguments.length === 0) return null;
    const [only, ...more] = core.arguments;
    const nowhere: Value = { kind: 'word', word: 'none', span: core.span };
    if (only === undefined || more.length > 0 || only.name !== null) {
      const found =
        only === undefined
          ? 'nothing'
          : more.length > 0
            ? `${core.arguments.length} things`
            : `\`${only.name?.text}: …\``;
      report(names.badPin.at(core.span, { slot, found }));
      return { value: nowhere, method: null };
    }
    const environment = withShape(parameters, current);
    const value = evaluate(only.value, environment, report);
    const method = value && bindMethod(slot, value, environment, report);
    if (method === null) incomplete();
    return { value: value ?? nowhere, method };
  }

  /** Says why a word is no step. */
  function unknownStep(core: CallStep, def: LayerDef | undefined): null {
    const { text: name, span } = core.name;
    if (name === '') return incomplete();
    if (def !== undefined && def.use !== 'step') {
      const fix =
        name === 'dropout'
          ? []
          : [
              { span: { ...core.span, end: core.span.start }, text: `${def.use}(` },
              { span: { ...core.span, start: core.span.end }, text: ')' },
            ];
      report(names.methodAsStep.at(span, { name, slot: def.use }, { fix }));
    } else if (name === 'softmax') report(names.softmax.at(core.span, {}));
    else if (scope.blocks.has(name))
      report(
        unsupportedErrors.construct.at(span, {
          what: `block \`${name}\``,
          instead: 'write its steps here, as a stage: `label: { … }`',
        }),
      );
    else if (scope.imported.has(name) || scope.externs.has(name))
      incomplete(); // reported where it is declared
    else if (isUnsupported('layer', name))
      report(unsupportedErrors.word.at(span, { what: 'layer', word: name, compiled: stepNamesOf() }));
    else if (slots.some((s) => isUnsupported(s, name)))
      report(unsupportedErrors.word.at(span, { what: 'method', word: name, compiled: [] }));
    else {
      const known = [...stepNamesOf(), ...slots];
      const others = [...scope.blocks.keys(), ...Object.keys(layers), ...unsupported.layer];
      report(
        names.unknownLayer.at(span, { name, nearest: suggestStep(name, [...known, ...others]), known: stepNamesOf() }),
      );
    }
    return incomplete();
  }
}

const stepNamesOf = (): readonly string[] => Object.keys(layers).filter((name) => layers[name]?.use === 'step');

/** The word that something begins with; its body may be long. */
const wordAt = (span: Span, word: string): Span => ({ ...span, end: Math.min(span.end, span.start + word.length) });

const insteadOf: Readonly<Record<string, string>> = {
  repeat: 'write the steps out as often as they are needed',
  for: 'write the rounds out',
  if: 'write two networks',
  join: 'write the steps of one path: each step takes the value of the one before it',
  from: 'leave it out: each step takes the value of the one before it',
  again: 'write the layer out again; it has weights of its own then',
  identity: 'leave it out: it does nothing outside of bars',
};

/** The parameters, and the shape that arrives as `channels`, `height`, `width`; a parameter of such a name goes first. */
function withShape(parameters: Environment, type: ValueType | null): Environment {
  const all = new Map<string, Value | null>();
  const nowhere = { file: '', start: 0, end: 0 };
  const set = (name: string, size: number | string | undefined): void => {
    if (size !== undefined)
      all.set(name, typeof size === 'number' ? { kind: 'number', value: size, percent: false, span: nowhere } : null);
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
