/**
 * Walks the body of a network with its parameters known: blocks are opened, loops unrolled, branches followed. Every step gets a
 * name, its arguments are bound, and the shape that arrives at each is followed. No policy yet: slots keep shapes, so what fills
 * them does not matter here.
 *
 *   index.ts   bodies, inputs, outputs, names of values
 *   step.ts    layers and slots
 *   block.ts   blocks, stages, loops, conditions
 *   join.ts    bars
 *   again.ts   a second application with the same weights
 */
import { names } from '../../diagnostics/catalog/names.ts';
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { BlockDeclaration, InputItem, Item, NetworkDeclaration, StepItem } from '../../parser/tree.ts';
import { type Infer, remembering } from '../infer.ts';
import { type Named, Names } from '../naming.ts';
import type { Outline, Wire } from '../places.ts';
import type { Scope } from '../scope.ts';
import { tensorType } from '../types.ts';
import type { Environment } from '../values.ts';
import { includes, stepNames } from '../words.ts';
import { again } from './again.ts';
import { group, open, reportIdle, stage } from './block.ts';
import { Found, type Here, mostDepth, unknownWire, Values, type Walk } from './here.ts';
import { join } from './join.ts';
import { Labels } from './labels.ts';
import { fixingLastSoftmax } from './last-softmax.ts';
import { call, isFilling } from './step.ts';

export function expand(
  network: NetworkDeclaration,
  parameters: Environment,
  scope: Scope,
  infer: Infer,
  sink: Report,
): Outline {
  const { report, failed } = watch(fixingLastSoftmax(network, sink));
  const { walk, found } = walkOf(network.name.text, infer, report);
  const complete = (): boolean => !failed() && !found.broken;
  const here = top(parameters, scope, report);
  const last = walk.body(network.body, null, here);
  if (!network.body.some((item) => item.kind === 'input'))
    report(names.emptyNetwork.at(network.name.span, { network: network.name.text, missing: 'input' }));
  else if (found.nodes.length === 0 && complete())
    report(names.emptyNetwork.at(network.name.span, { network: network.name.text, missing: 'steps' }));
  else if (complete()) {
    checkBlockLabels(found, report);
    finishOutputs(found, last, report);
    checkIdle(found, report);
    reportIdle(walk, here.values, here, report);
    for (const say of found.idle) say();
  }
  const { inputs, places, nodes, repeats, outputs, choices } = found;
  return {
    network: network.name.text,
    span: network.name.span,
    inputs,
    places,
    nodes,
    repeats,
    outputs,
    choices,
    blocks: found.blocks,
    complete: complete(),
  };
}

/** A block that nobody uses, judged as far as it goes without arguments and without a shape. */
export function expandBlock(block: BlockDeclaration, scope: Scope, sink: Report): void {
  const { report, failed } = watch(sink);
  const { walk, found } = walkOf(block.name.text, remembering(), report);
  const unknown: Environment = new Map(block.parameters.map((p) => [p.name.text, null]));
  const here = top(unknown, scope, report);
  walk.body(block.body, unknownWire(block.name.span), { ...here, guess: true, opened: [block] });
  reportIdle(walk, here.values, here, report);
  if (!failed()) for (const say of found.idle) say();
}

/** Says each thing about a place once, however often the place is walked; and remembers whether there was an error. */
function watch(sink: Report): { readonly report: Report; readonly failed: () => boolean } {
  let failed = false;
  const said = new Set<string>();
  return {
    report: (d) => {
      if (d.severity === 'error') failed = true;
      const at = d.labels[0]?.span;
      const key = `${d.code} ${at?.file}:${at?.start}-${at?.end}`;
      if (!said.has(key)) sink(d);
      said.add(key);
    },
    failed: () => failed,
  };
}

const top = (environment: Environment, scope: Scope, report: Report): Here => ({
  scope,
  environment,
  parent: null,
  names: new Names('', report),
  values: new Values(null),
  labels: new Labels(null),
  rounds: false,
  opened: [],
  depth: 0,
  guess: false,
  again: null,
  applied: null,
  report,
});

function walkOf(network: string, infer: Infer, _report: Report): { readonly walk: Walk; readonly found: Found } {
  const found = new Found();
  const walk: Walk = { network, found, infer, body, make };
  return { walk, found };

  function body(items: readonly Item[], before: Wire | null, here: Here): Wire | null {
    let current = before;
    if (here.depth > mostDepth) {
      found.broken = true;
      const [first] = items;
      if (first !== undefined) here.report(names.tooDeep.at(first.span, { network, most: mostDepth }));
      return before;
    }
    for (const item of items) {
      if (!found.count(network, item.span, here.report)) break;
      current = item.kind === 'input' ? input(item, current, here) : step(item, current, here);
    }
    return current;
  }

  function input(item: InputItem, current: Wire | null, here: Here): Wire | null {
    const name = item.name.text;
    const around = here.parent === null ? '' : `inside ${here.parent.kind} \`${here.parent.path}\``;
    const nested = here.parent !== null || here.rounds || here.depth > 0 || here.again !== null;
    if (nested || found.nodes.length > 0) {
      const why = !nested ? 'behind a step' : around === '' ? 'inside a loop' : around;
      here.report(names.misplacedInput.at(item.name.span, { name, why }));
      return current;
    }
    here.names.take(name, item.name.span, 'inputs', false);
    if (includes(stepNames, name)) here.report(names.inputNameTaken.at(item.name.span, { name, what: 'an input' }));
    const type = item.type === null ? null : tensorType(item.type, name, here.environment, here.report);
    const producer = { path: name, span: item.span };
    if (type === null) {
      // Reported; what follows is read as far as it goes.
      found.broken = true;
      here.values.input(name, { type: null, producer }, item.name.span, here.report);
      return { type: null, producer };
    }
    const wire: Wire = { type: { dtype: type.dtype, shape: ['N', ...type.shape] }, producer };
    here.values.input(name, wire, item.name.span, here.report);
    found.inputs.push({ name, type: { dtype: type.dtype, shape: ['N', ...type.shape] }, wire, span: item.span });
    // One input is where the network begins; with several, each path says which it takes.
    return found.inputs.length === 1 ? wire : null;
  }

  function step(item: StepItem, current: Wire | null, here: Here): Wire | null {
    const after = core(item, current, here);
    if (item.as !== null && after !== null) here.values.define(item.as.text, after, item.as.span, here.report);
    if (item.output && after !== null) {
      found.used.add(after);
      const name = item.label?.text ?? after.producer.path.split('.').at(-1) ?? 'output';
      found.outputs.push({ name, wire: after, span: item.label?.span ?? item.core.span });
    }
    return after;
  }

  function core(item: StepItem, current: Wire | null, here: Here): Wire | null {
    const { core } = item;
    switch (core.kind) {
      case 'repeat':
      case 'for':
      case 'if':
        return item.label === null ? open(walk, core, current, here) : place(item, current, here);
      case 'call':
      case 'stage':
      case 'join':
        return place(item, current, here);
      case 'from':
        unlabelled(item, here);
        return value(core.name.text, core.name.span, here) ?? unknownWire(core.span);
      case 'again':
        return again(walk, item, core, current, here);
      case 'identity':
        unlabelled(item, here);
        return current;
    }
  }

  function value(name: string, span: Span, here: Here): Wire | null {
    return here.values.take(name, span, found.byPath.has(here.names.path(name)), here.report);
  }

  function place(item: StepItem, current: Wire | null, here: Here): Wire | null {
    if (isFilling(item, here)) return current;
    const from = found.nodes.length;
    const named = nameOf(item, here);
    const after = make(item, named, current, here);
    // Known from here on: nothing can be repeated within itself.
    if (item.label !== null) {
      const labelled = { item, here, nodes: found.nodes.slice(from) };
      here.labels.set(item.label.text, labelled);
      here.labels.set(named.name, labelled);
    }
    return after;
  }

  function make(item: StepItem, named: Named, current: Wire | null, here: Here): Wire | null {
    const { core } = item;
    switch (core.kind) {
      case 'call':
        return call(walk, core, named, current, here);
      case 'stage':
        return stage(walk, core, item.label?.span ?? core.span, named, current, here);
      case 'join':
        return join(walk, core, named, current, here);
      case 'repeat':
      case 'for':
      case 'if':
        return group(walk, core, item.label?.span ?? core.span, named, current, here);
      default:
        throw new Error(`\`${core.kind}\` has no place of its own`);
    }
  }

  /** Counted where it begins in the text, before what is in it. */
  function nameOf({ core, label }: StepItem, { names: here, scope, rounds }: Here): Named {
    if (core.kind === 'call') return here.step(core.name.text, label, core.name.span, scope, rounds);
    if (core.kind === 'join') return here.step(core.join, label, core.span, scope, rounds);
    // A stage without a label has been reported by the parser; it gets a name to go on with.
    return label === null ? here.step('stage', null, core.span, scope, rounds) : here.label(label, scope, rounds);
  }

  /** `from` and `identity` make nothing that could carry a label; with `output` it names the output. */
  function unlabelled(item: StepItem, here: Here): void {
    if (item.label === null || item.output) return;
    here.report(
      policies.doesNothing.at(item.label.span, {
        what: `label \`${item.label.text}\``,
        why: `\`${item.core.kind}\` makes nothing that it could name`,
        instead: `name a value with \`as\`: \`… as ${item.label.text}\``,
      }),
    );
  }
}

/** Without `output` the last value is the output, under the name of the step that makes it. */
function finishOutputs(found: Found, last: Wire | null, report: Report): void {
  const first = new Map<string, Outline['outputs'][number]>();
  for (const output of found.outputs) {
    const before = first.get(output.name);
    if (before === undefined) first.set(output.name, output);
    else
      report(
        names.duplicateName.at(
          output.span,
          { path: output.name, what: 'outputs', automatic: false },
          { places: { first: before.span } },
        ),
      );
  }
  if (found.outputs.length > 0 || last === null) return;
  const maker = found.nodes.findLast((n) => n.output === last);
  found.used.add(last);
  if (maker !== undefined) found.outputs.push({ name: maker.name, wire: last, span: maker.span });
}

/** A label may not have the name of a block that the network is made of, also of one that only another file knows. */
function checkBlockLabels({ places, blocks }: Found, report: Report): void {
  for (const place of places) {
    const block = place.label === null ? undefined : blocks.get(place.label);
    if (block !== undefined && place.label !== null)
      report(names.labelTaken.at(place.span, { label: place.label, why: `a block of ${block.span.file}` }));
  }
}

/** Everything that is computed goes somewhere. */
function checkIdle(found: Found, report: Report): void {
  for (const input of found.inputs)
    if (!found.used.has(input.wire) && found.inputs.length > 1)
      report(names.goesNowhere.at(input.span, { what: `input \`${input.name}\``, from: input.name }));
  for (const node of found.nodes)
    if (!found.used.has(node.output))
      report(names.goesNowhere.at(node.span, { what: `the value of \`${node.path}\``, from: null }));
}
