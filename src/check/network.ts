/** A network under a policy: the Model. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { randomness } from '../diagnostics/catalog/randomness.ts';
import { type Diagnostic, hasErrors, type Report } from '../diagnostics/diagnostic.ts';
import type { ArgumentValue } from '../ir/value.ts';
import type { Name, NetworkDeclaration } from '../parser/tree.ts';
import { withFrozenNorms } from './bias-reason.ts';
import { bindParameters } from './bind.ts';
import { cascade, type Reached } from './cascade.ts';
import { checkConstraints } from './constraints.ts';
import { refuseInexactConstraints } from './exact.ts';
import { expand } from './expand/index.ts';
import { type CutOff, checkFindings } from './findings.ts';
import { rulesInForce } from './in-force.ts';
import { type Infer, remembering } from './infer.ts';
import { buildLayers, withWeights } from './layers.ts';
import { withMethodWeights } from './methods.ts';
import type { Group, Model } from './model.ts';
import type { Outline, Place } from './places.ts';
import { type FlatPolicy, type FlatRule, flatten, type PolicyUse } from './policy.ts';
import type { Scope } from './scope.ts';
import { checkTotal } from './sections/clipping.ts';
import { sectionsInForce } from './sections/index.ts';
import { type Sizes, withSizes } from './sizes.ts';
import { type Environment, emptyEnvironment } from './values.ts';
import { finish } from './weights.ts';

/** A network, the values of its parameters, and the policy in force. */
export interface NetworkUse {
  readonly declaration: NetworkDeclaration;
  readonly arguments: readonly ArgumentValue[];
  /** Where it is asked for. */
  readonly span: NetworkDeclaration['span'];
  readonly policy: PolicyUse | null;
  /** A parameter that is not given: missing, or unknown because nobody uses the network yet. */
  readonly missing: 'error' | 'unknown';
  /** Numbers for names of sizes in the types of inputs, where data tell them. */
  readonly sizes?: Sizes;
}

/** A model, and what it was made of. */
export interface BuiltNetwork {
  readonly declaration: NetworkDeclaration;
  /** Of the file that the network stands in. */
  readonly scope: Scope;
  /** The blocks and layers of one's own that are in use, by name. */
  readonly blocks: Outline['blocks'];
  readonly model: Model;
  readonly parameters: Environment;
  readonly policy: FlatPolicy | null;
  /** What of the policy is in force somewhere. */
  readonly inForce: readonly FlatRule[];
  /** What a later policy or an override took the ground from, for `explain`. */
  readonly cutOff: readonly CutOff[];
  /** What selectors find, with weights, in network order, and what reached each. */
  readonly places: readonly Place[];
  readonly reached: Reached;
}

const noRules: FlatPolicy = {
  name: '',
  identifier: '',
  rules: [],
  sections: [],
  wrong: new Set(),
  span: { file: '', start: 0, end: 0 },
};

export function buildNetwork(use: NetworkUse, scope: Scope, sink: Report): BuiltNetwork | null {
  const found: Diagnostic[] = [];
  const report: Report = (d) => {
    found.push(d);
    sink(d);
  };
  const { declaration } = use;
  const callee = { name: declaration.name.text, span: use.span, environment: emptyEnvironment };
  const parameters = bindParameters(declaration.parameters, use.arguments, callee, report, use.missing);
  const policy = use.policy && flatten(use.policy, scope, report);
  if (parameters === null) return null;
  const infer = remembering();
  const outline = expand(withSizes(declaration, use.sizes), parameters, scope.homeOf(declaration), infer, report);
  if (use.policy !== null && policy === null) return null;
  const rules = policy ?? noRules;
  const fillings = cascade(rules, outline.places);
  const built = buildLayers(outline, fillings.reached, infer, report);
  if (built === null) return null;
  const bare = withWeights(outline, built.layers);
  const first = cascade(rules, bare);
  // Methods of kernels bring weights of their own, which rules are about too.
  const layers = withMethodWeights(built.layers, bare, first.reached, report);
  const places = layers === built.layers ? bare : withWeights(outline, layers);
  const { reached, findings } = layers === built.layers ? first : cascade(rules, places);
  const seen = new Map<number, readonly Place[]>();
  const seenBy = (position: number): readonly Place[] => {
    const before = seen.get(position) ?? placesUpTo(position, rules, outline, infer) ?? places;
    seen.set(position, before);
    return before;
  };
  const cutOff = checkFindings({ network: declaration.name, policy: rules, places, reached, findings, seenBy }, report);
  if (hasErrors(found)) return null;

  const outputs = outline.outputs.map(({ name, wire, span }) => ({ name, ...built.sourceOf(wire), span }));
  const untouched = outputs.find((o) => o.source.kind === 'input');
  if (untouched !== undefined) {
    // Every step before it is a slot that stays empty: the value of the input is the output, which no program can be made of.
    report(
      policies.doesNothing.at(outputs.length > 1 ? untouched.span : declaration.name.span, {
        what: outputs.length > 1 ? `output \`${untouched.name}\`` : `network \`${declaration.name.text}\``,
        why: 'no step changes what arrives',
        instead: 'add a step that is no slot, such as `dense(10)`',
      }),
    );
    return null;
  }
  checkInputNoise(rules, outline, declaration.name, report);
  if (hasErrors(found)) return null;
  const weightPlaces = new Map(places.flatMap((p) => (p.kind === 'weight' ? [[p.path, p] as const] : [])));
  const model: Model = {
    network: declaration.name.text,
    policy: policy?.name ?? null,
    inputs: outline.inputs.map(({ name, type, span }) => ({ name, type, span })),
    layers: withFrozenNorms(layers.map((layer) => finish(layer, reached, weightPlaces))),
    groups: groupsOf(outline),
    outputs,
    choices: outline.choices,
    sections: sectionsInForce(rules.sections),
    span: declaration.span,
  };
  checkTotal(model, rules.sections, report);
  checkConstraints(model, report);
  refuseInexactConstraints(model, report);
  if (hasErrors(found)) return null;
  return {
    declaration,
    scope: scope.homeOf(declaration),
    blocks: outline.blocks,
    model,
    parameters,
    policy,
    inForce: rulesInForce(rules, reached, findings),
    cutOff,
    places,
    reached,
  };
}

/** `input { noise: … }` is for inputs of floats. */
function checkInputNoise({ sections }: FlatPolicy, { inputs }: Outline, network: Name, report: Report): void {
  const noise = sections.find((s) => s.section === 'input' && s.key === 'noise');
  if (noise === undefined || noise.bound === null || inputs.some((i) => i.type.dtype === 'float32')) return;
  const facts = { network: network.text, inputs: inputs.map((i) => ({ name: i.name, dtype: i.type.dtype })) };
  report(randomness.noFloatInput.at(noise.span, facts, { places: { network: network.span } }));
}

/** The places, weights among them, as they are without the declarations behind a position; null when that makes no network. */
function placesUpTo(position: number, policy: FlatPolicy, outline: Outline, infer: Infer): readonly Place[] | null {
  const earlier = { ...policy, rules: policy.rules.filter((r) => r.origin.position <= position) };
  const built = buildLayers(outline, cascade(earlier, outline.places).reached, infer, () => {});
  return built && withWeights(outline, built.layers);
}

function groupsOf({ places, repeats }: Outline): readonly Group[] {
  const opened = places.flatMap((p): readonly Group[] =>
    p.kind === 'stage'
      ? [{ kind: 'stage', path: p.path, word: p.name, span: p.span }]
      : p.kind === 'block'
        ? [{ kind: 'block', path: p.path, word: p.word, span: p.span }]
        : [],
  );
  return [...opened, ...repeats.map((r): Group => ({ kind: 'again', ...r }))];
}
