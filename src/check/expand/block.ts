/** Bodies in bodies: stages, blocks, loops and conditions. */
import { layers as layerErrors } from '../../diagnostics/catalog/layers.ts';
import { names } from '../../diagnostics/catalog/names.ts';
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Value } from '../../ir/value.ts';
import type { BlockDeclaration, CallStep, ForStep, IfStep, RepeatStep, StageStep } from '../../parser/tree.ts';
import { bindParameters } from '../bind.ts';
import { type Named, Names } from '../naming.ts';
import type { BlockPlace, StagePlace, Wire } from '../places.ts';
import { tracing } from '../tracing.ts';
import { describe, type Environment, evaluate } from '../values.ts';
import { shapeNames } from '../words.ts';
import { argumentsOf, withShape } from './arguments.ts';
import { type Here, mostLevels, usedAt, Values, type Walk } from './here.ts';
import { Labels } from './labels.ts';

export function stage(
  walk: Walk,
  core: StageStep,
  span: Span,
  named: Named,
  current: Wire | null,
  here: Here,
): Wire | null {
  if (core.body.length === 0 && named.label !== null)
    here.report(names.emptyStage.at(core.span, { stage: named.label }));
  return walk.body(core.body, current, inside(walk, { kind: 'stage', ...named, parent: here.parent, span }, here));
}

/** What the body of a stage or block sees. In a second application the group is noted, but no selector finds it. */
function inside(walk: Walk, place: StagePlace | BlockPlace, here: Here): Here {
  const { path, span } = place;
  if (here.again === null) walk.found.add(place);
  else if (path !== here.again.path)
    walk.found.repeats.push({ path, word: place.kind === 'block' ? place.word : place.name, span });
  const parent = here.again === null ? place : here.parent;
  return {
    ...here,
    parent,
    names: new Names(path, here.report),
    labels: new Labels(here.labels),
    rounds: false,
    depth: here.depth + 1,
  };
}

/** A label before a loop or condition makes a stage of it. */
export function group(
  walk: Walk,
  core: RepeatStep | ForStep | IfStep,
  span: Span,
  named: Named,
  current: Wire | null,
  here: Here,
): Wire | null {
  return open(walk, core, current, inside(walk, { kind: 'stage', ...named, parent: here.parent, span }, here));
}

/** A loop or condition without a label: its steps stand where it stands. */
export function open(walk: Walk, core: RepeatStep | ForStep | IfStep, current: Wire | null, here: Here): Wire | null {
  switch (core.kind) {
    case 'repeat':
      return repeat(walk, core, current, here);
    case 'for':
      return loop(walk, core, current, here);
    case 'if':
      return when(walk, core, current, here);
  }
}

export function block(
  walk: Walk,
  declaration: BlockDeclaration,
  core: CallStep,
  named: Named,
  current: Wire | null,
  here: Here,
): Wire | null {
  const name = declaration.name.text;
  // Of a condition that is not known both answers are possible: a block that ends by it is not opened within itself.
  if (here.guess && here.opened.includes(declaration)) return current && { ...current, type: null };
  if (here.opened.length >= mostLevels) {
    here.report(names.blocksTooDeep.at(core.span, { block: name, most: mostLevels }));
    walk.found.broken = true;
    return current;
  }
  const other = walk.found.blocks.get(name);
  if (other === undefined) walk.found.blocks.set(name, declaration);
  else if (other !== declaration)
    here.report(
      names.blocksOfOneName.at(
        core.span,
        { block: name },
        { places: { first: other.name.span, second: declaration.name.span } },
      ),
    );
  const base = withShape(here.environment, current?.type ?? null);
  const args = argumentsOf(core, base, here.report);
  const callee = { name, span: core.span, environment: base };
  const shape = withShape(new Map(), current?.type ?? null);
  const bound = args && bindParameters(declaration.parameters, args, callee, here.report, 'error', shape);
  const environment: Environment = bound ?? new Map(declaration.parameters.map((p) => [p.name.text, null]));
  const place: BlockPlace = {
    kind: 'block',
    ...named,
    word: name,
    arguments: new Map(declaration.parameters.map((p) => [p.name.text, environment.get(p.name.text) ?? null])),
    parent: here.parent,
    span: core.span,
  };
  const inner = inside(walk, place, here);
  const values = new Values(null);
  const report = usedAt(core.span, named.path, here.report);
  const after = walk.body(declaration.body, current, {
    ...inner,
    scope: here.scope.homeOf(declaration),
    environment,
    values,
    labels: new Labels(null),
    opened: [...here.opened, declaration],
    report,
  });
  reportIdle(walk, values, here, report);
  return after;
}

/** Names of values that nothing takes. In a second application the first has told. */
export function reportIdle(walk: Walk, values: Values, { again }: Here, report: Report): void {
  if (again !== null) return;
  for (const { name, span } of values.idle()) {
    const idle = policies.doesNothing.at(span, {
      what: `\`as ${name}\``,
      why: 'nothing takes the value by that name',
      instead: `take it with \`from ${name}\`, or leave the name out`,
    });
    walk.found.idle.push(() => report(idle));
  }
}

function repeat(walk: Walk, core: RepeatStep, current: Wire | null, here: Here): Wire | null {
  const count = evaluate(core.count, withShape(here.environment, current?.type ?? null), here.report);
  if (count === null) return rounds(walk, core, [here.environment], current, here);
  if (isUnknownName(count, here)) return rounds(walk, core, [here.environment], current, here);
  if (count.kind !== 'number' || !Number.isSafeInteger(count.value) || count.value < 0) {
    const facts = { what: '`repeat`', needs: 'a whole number', found: describe(count) };
    tracing([count], here.report)(names.badLoop.at(count.span, facts));
    return current;
  }
  if (count.value === 0 && core.count.kind === 'number')
    here.report(
      policies.doesNothing.at(core.span, {
        what: '`repeat 0`',
        why: 'its steps are never there',
        instead: 'remove it, or repeat at least once',
      }),
    );
  // Lazily, so that a count of a million stops where the limit is.
  return rounds(walk, core, times(count.value, here.environment), current, here);
}

function* times(count: number, environment: Environment): Iterable<Environment> {
  for (let i = 0; i < count; i++) yield environment;
}

/** One round after another; each has its own names for values. */
function rounds(
  walk: Walk,
  core: RepeatStep | ForStep,
  environments: Iterable<Environment>,
  before: Wire | null,
  here: Here,
): Wire | null {
  let current = before;
  for (const environment of environments) {
    if (!walk.found.count(walk.network, core.span, here.report)) break;
    const values = new Values(here.values, here.again !== null);
    current = walk.body(core.body, current, { ...here, environment, values, rounds: true, depth: here.depth + 1 });
    reportIdle(walk, values, here, here.report);
  }
  return current;
}

function loop(walk: Walk, core: ForStep, current: Wire | null, here: Here): Wire | null {
  const list = evaluate(core.in, withShape(here.environment, current?.type ?? null), here.report);
  const unknown = new Map([...here.environment, ...core.names.map((n): [string, null] => [n.text, null])]);
  if (list === null) return rounds(walk, core, [unknown], current, here);
  if (isUnknownName(list, here)) return rounds(walk, core, [unknown], current, here);
  if (list.kind !== 'list') {
    const facts = { what: '`for`', needs: 'a list', found: describe(list) };
    tracing([list], here.report)(names.badLoop.at(list.span, facts));
    return rounds(walk, core, [unknown], current, here);
  }
  if (list.items.length === 0 && core.in.kind === 'list')
    here.report(
      policies.doesNothing.at(core.in.span, {
        what: 'this loop',
        why: 'its list is empty',
        instead: 'write a value for each round, or remove it',
      }),
    );
  const odd = core.unpacks ? list.items.find((item) => partsOf(item).length !== core.names.length) : undefined;
  if (odd !== undefined) {
    const found = odd.kind === 'list' ? `a row of ${odd.items.length}` : describe(odd);
    here.report(names.badLoop.at(odd.span, { what: '`for […]`', needs: `rows of ${core.names.length}`, found }));
    return rounds(walk, core, [unknown], current, here);
  }
  return rounds(
    walk,
    core,
    list.items.map((item) => round(core, item, here)),
    current,
    here,
  );
}

const partsOf = (item: Value): readonly Value[] => (item.kind === 'list' ? item.items : []);

/** The names of a loop in one round: `filters`, or `[filters, count]` for the parts of a row. */
function round(core: ForStep, item: Value, here: Here): Environment {
  const parts = core.unpacks ? partsOf(item) : [item];
  return new Map([
    ...here.environment,
    ...core.names.map((name, i): [string, Value | null] => [name.text, parts[i] ?? null]),
  ]);
}

function when(walk: Walk, core: IfStep, current: Wire | null, here: Here): Wire | null {
  const condition = evaluate(core.condition, withShape(here.environment, current?.type ?? null), here.report);
  if (condition === null) return walk.body(core.then, current, { ...here, guess: true, depth: here.depth + 1 });
  if (isUnknownName(condition, here)) return current;
  if (condition.kind !== 'boolean') {
    tracing([condition], here.report)(names.badCondition.at(condition.span, { found: describe(condition) }));
    return current;
  }
  const taken = condition.value ? core.then : (core.else ?? []);
  return walk.body(taken, current, { ...here, depth: here.depth + 1 });
}

/** Says that a word stands for nothing where it has to be a parameter, a variable or a size. */
function isUnknownName(value: Value, { environment, report }: Here): boolean {
  if (value.kind !== 'word') return false;
  const known = [...environment.keys(), ...shapeNames];
  report(layerErrors.unknownVariable.at(value.span, { name: value.word, nearest: nearest(value.word, known), known }));
  return true;
}
