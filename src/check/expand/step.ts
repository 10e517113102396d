/** Layers, slots and blocks: whatever is written as a word with arguments. */
import { externs as externErrors } from '../../diagnostics/catalog/externs.ts';
import { names } from '../../diagnostics/catalog/names.ts';
import { unsupported as unsupportedErrors } from '../../diagnostics/catalog/unsupported.ts';
import type { Edit, Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { ValueType } from '../../ir/graph.ts';
import { layers } from '../../ir/ops/index.ts';
import type { Value } from '../../ir/value.ts';
import type { LayerDef } from '../../ir/vocabulary.ts';
import { libraryFiles } from '../../library/index.ts';
import { printExpression, printName } from '../../parser/print-expression.ts';
import type { CallStep, ExternDeclaration, StepItem } from '../../parser/tree.ts';
import { type BoundArguments, bind, checkArgumentNames, entryOf } from '../bind.ts';
import { bindMethod } from '../entries.ts';
import { externLayer } from '../extern.ts';
import { layerElsewhere, stepElsewhere, suggestStep } from '../familiar.ts';
import { reportFault, withBias } from '../infer.ts';
import type { Named } from '../naming.ts';
import type { Pin, SlotPlace, StepPlace, Wire } from '../places.ts';
import { placed, positionalKeys } from '../positions.ts';
import { isUnsupported, unsupported } from '../unsupported.ts';
import { evaluate } from '../values.ts';
import { isSlot, reserved, type Slot, slots } from '../words.ts';
import { argumentsOf, withShape } from './arguments.ts';
import { block } from './block.ts';
import { type Here, unknownWire, type Walk } from './here.ts';

export function call(walk: Walk, core: CallStep, named: Named, current: Wire | null, here: Here): Wire | null {
  const word = core.name.text;
  const declaration = here.scope.blocks.get(word);
  if (declaration !== undefined) return block(walk, declaration, core, named, current, here);
  const input = current ?? nothingArrives(core.span, named.path, walk, here);
  walk.found.used.add(input);
  if (isSlot(word)) return slot(walk, word, core, named, input, here);
  const extern = here.scope.externs.get(word);
  const def = entryOf(layers, word) ?? (extern?.what === 'layer' ? ownLayer(walk, extern, core, here) : undefined);
  const layer =
    def?.use === 'step' ? stepLayer(def, core, input.type, here) : unknownStep(core, def, input, walk, here);
  const type = layer === null || input.type === null ? null : follow(layer, [input], named.path, core, walk, here);
  return addStep(walk, { word, span: core.span, layer, inputs: [input] }, type, named, here);
}

/** A layer of the project's own; nothing else in the network may have its name. */
function ownLayer(walk: Walk, declaration: ExternDeclaration, core: CallStep, here: Here): LayerDef | undefined {
  const name = declaration.name.text;
  const other = walk.found.blocks.get(name);
  if (other === undefined) walk.found.blocks.set(name, declaration);
  else if (other !== declaration) {
    const places = { first: other.name.span, second: declaration.name.span };
    here.report(externErrors.twoOfOneName.at(core.span, { name }, { places }));
  }
  return externLayer(declaration, here.scope);
}

/** A step's place; in a second application it remembers whose weights it uses. */
export function addStep(
  walk: Walk,
  step: Pick<StepPlace, 'word' | 'span' | 'layer' | 'inputs'>,
  type: ValueType | null,
  named: Named,
  here: Here,
): Wire {
  const output: Wire = { type, producer: { path: named.path, span: step.span } };
  if (type === null) walk.found.broken = true;
  const base = { kind: 'step', ...named, ...step, parent: here.parent, applied: here.applied, output } as const;
  if (here.again === null) {
    const place: StepPlace = { ...base, original: null };
    walk.found.add(place);
    walk.found.nodes.push(place);
    return output;
  }
  const original = here.again.repeat('step', step.word);
  if (original !== null) walk.found.nodes.push({ ...base, original });
  return output;
}

/** Says that a path must begin with a value, and goes on with an unknown one. */
export function nothingArrives(span: Span, path: string, walk: Walk, here: Here): Wire {
  const inputs = walk.found.inputs.map((i) => i.name);
  walk.found.broken = true;
  // A network without any input has been told so.
  if (inputs.length > 0) here.report(names.nothingArrives.at(span, { path, inputs }));
  return unknownWire(span);
}

function slot(walk: Walk, word: Slot, core: CallStep, named: Named, input: Wire, here: Here): Wire {
  // A value of its own: who takes it is told from who takes the input.
  const output: Wire = { ...input };
  const { parent, applied } = here;
  const base = { kind: 'slot', ...named, parent, span: core.span, applied, word, inputs: [input], output } as const;
  if (here.again === null) {
    const pin = pinOf(word, core, input, here);
    if (pin !== null && pin.method === null) walk.found.broken = true;
    const place: SlotPlace = { ...base, pin, original: null };
    walk.found.add(place);
    walk.found.nodes.push(place);
    return output;
  }
  const original = here.again.repeat('slot', word);
  if (original !== null) walk.found.nodes.push({ ...base, pin: original.pin, original });
  return output;
}

function stepLayer(def: LayerDef, core: CallStep, type: ValueType | null, here: Here): StepPlace['layer'] {
  const environment = withShape(here.environment, type);
  const callee = { name: def.name, span: core.span, environment };
  const args = argumentsOf(core, environment, here.report, def.signature);
  if (args === null) checkArgumentNames(def.signature, core.arguments, callee, here.report);
  const bound = args && bind(def.signature, args, callee, here.report);
  return bound === null ? null : { def, args: bound };
}

/** The type of a layer's value, or null after reporting that the shapes do not fit. */
function follow(
  { def, args }: { readonly def: LayerDef; readonly args: BoundArguments },
  inputs: readonly Wire[],
  path: string,
  core: CallStep,
  walk: Walk,
  here: Here,
): ValueType | null {
  const types = inputs.flatMap((w) => (w.type === null ? [] : [w.type]));
  const inferred = walk.infer(def, types, withBias(args, true), path);
  if (!('fault' in inferred)) return inferred.output;
  const given = placed(positionalKeys(def.signature), core.arguments);
  const argument = (key: string) => given.find((a) => a.key === key)?.argument.span ?? null;
  reportFault(inferred, { path, span: core.span, argument, producer: inputs[0]?.producer ?? null }, here.report);
  return null;
}

function pinOf(slot: Slot, core: CallStep, input: Wire, here: Here): Pin | null {
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
    here.report(names.badPin.at(core.span, { slot, found }));
    return { value: nowhere, method: null };
  }
  const environment = withShape(here.environment, input.type);
  const value = evaluate(only.value, environment, here.report);
  const method = value && bindMethod(slot, value, environment, here.report);
  return { value: value ?? nowhere, method };
}

/** Whether a call could stand in its slot as it is written: `relu`, but not `dropout`, which needs more, nor PyTorch's `linear(120)`. */
function isMethodCall({ arguments: args }: CallStep, { signature, use }: LayerDef): boolean {
  const known = placed(positionalKeys(signature), args).every(
    ({ key }) => key !== null && Object.hasOwn(signature, key),
  );
  return known && (use !== 'drop' || args.some((a) => a.name !== null));
}

const pinned = (slot: string, core: CallStep, start: number): readonly Edit[] => [
  { span: { ...core.span, start, end: core.span.start }, text: `${slot}(` },
  { span: { ...core.span, start: core.span.end }, text: ')' },
];

/** Where the slot that a method is pinned in begins: at the method, or at an empty slot before it, `act relu`; null when that is not certain. */
function startOfPin(slot: string, input: Wire, { span }: CallStep, { found }: Walk): number | null {
  const before = found.nodes.at(-1);
  if (before?.kind !== 'slot' || before.word !== slot || before.pin !== null || before.output !== input)
    return span.start;
  return before.span.file === span.file && before.span.end + 1 === span.start ? before.span.start : null;
}

/** The method as it may be written: dropout says how much. */
function methodText(core: CallStep, { use }: LayerDef): string {
  const [only, ...more] = core.arguments;
  const name = core.name.text;
  if (use !== 'drop' || (only !== undefined && (only.name !== null || more.length > 0)))
    return printName(name, core.arguments, core.arguments.length > 0);
  return `${name}(drop: ${only === undefined ? '0.3' : printExpression(only.value)})`;
}

/** `act: relu`: a filling, as a policy has it. Says so, and that it is no label. */
export function isFilling({ label, core }: StepItem, { report }: Here): boolean {
  if (label === null || core.kind !== 'call' || !isSlot(label.text)) return false;
  const def = entryOf(layers, core.name.text);
  if (def?.use !== label.text) return false;
  const fix = isMethodCall(core, def) ? pinned(def.use, core, label.span.start) : [];
  const facts = { name: core.name.text, slot: def.use, method: methodText(core, def) };
  report(names.methodAsStep.at({ ...core.name.span, start: label.span.start }, facts, { fix }));
  return true;
}

/** Says why a word is no step. */
function unknownStep(core: CallStep, def: LayerDef | undefined, input: Wire, walk: Walk, here: Here): null {
  const { scope, report } = here;
  const { text: name, span } = core.name;
  // Missing, or what an import should have brought: that has been reported.
  if (name === '' || nearest(name, [...scope.unresolved]) !== null) return null;
  // `linear(10)` is PyTorch's dense layer; the activation of that name takes nothing.
  const meant = core.arguments.length > 0 ? layerElsewhere(name) : null;
  if (def !== undefined && def.use !== 'step' && (meant === null || slots.some((s) => s === meant))) {
    const start = startOfPin(def.use, input, core, walk);
    const fix = start === null || !isMethodCall(core, def) ? [] : pinned(def.use, core, start);
    report(names.methodAsStep.at(span, { name, slot: def.use, method: methodText(core, def) }, { fix }));
  } else if (name === 'softmax') report(names.softmax.at(core.span, {}));
  else if (scope.unresolved.has(name) || scope.externs.get(name)?.what === 'layer')
    return null; // what is wrong with its import or its declaration has been reported
  else if (isUnsupported('layer', name))
    report(
      unsupportedErrors.word.at(span, {
        what: 'layer',
        word: name,
        compiled: stepNamesOf(),
        instead: stepElsewhere(core),
      }),
    );
  else if (slots.some((s) => isUnsupported(s, name)))
    report(unsupportedErrors.word.at(span, { what: 'method', word: name, compiled: [] }));
  else {
    const known = [...stepNamesOf(), ...slots, ...scope.blocks.keys(), ...scope.externs.keys()];
    const others = [...Object.keys(layers), ...unsupported.layer];
    const near = suggestStep(name, [...known, ...others, ...reserved]);
    const network = scope.networks.has(name);
    const instead = here.values.has(name)
      ? `from ${name}`
      : here.labels.get(name) !== null
        ? `again ${name}`
        : stepElsewhere(core);
    report(
      names.unknownLayer.at(span, {
        name,
        nearest: near,
        known: stepNamesOf(),
        network,
        importable: importable(name),
        instead,
      }),
    );
  }
  return null;
}

/** The file of the library that has a block of that name. */
const importable = (name: string): string | null =>
  [...libraryFiles].find(([, text]) => new RegExp(`^block ${name}\\b`, 'm').test(text))?.[0] ?? null;

const stepNamesOf = (): readonly string[] => Object.keys(layers).filter((name) => layers[name]?.use === 'step');
