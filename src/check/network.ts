/** A network under a policy: the Model. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { hasErrors, type Diagnostic, type Report } from '../diagnostics/diagnostic.ts';
import { initializers } from '../ir/ops/index.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { NetworkDeclaration } from '../parser/tree.ts';
import { bindParameters } from './bind.ts';
import { cascade, effective, type Reached, won, winnerOf } from './cascade.ts';
import { expand } from './expand.ts';
import { checkFindings } from './findings.ts';
import { type BareLayer, buildLayers, withWeights } from './layers.ts';
import type { EffectiveSetting, Layer, Model, SettingSource, Weight } from './model.ts';
import type { Place } from './places.ts';
import { flatten, type FlatPolicy, type PolicyUse } from './policy.ts';
import type { Scope } from './scope.ts';
import { emptyEnvironment, type Environment } from './values.ts';

/** A network, the values of its parameters, and the policy in force. */
export interface NetworkUse {
  readonly declaration: NetworkDeclaration;
  readonly arguments: readonly ArgumentValue[];
  /** Where it is asked for. */
  readonly span: NetworkDeclaration['span'];
  readonly policy: PolicyUse | null;
  /** A parameter that is not given: missing, or unknown because nobody uses the network yet. */
  readonly missing: 'error' | 'unknown';
}

/** A model, and what it was made of. */
export interface BuiltNetwork {
  readonly declaration: NetworkDeclaration;
  readonly model: Model;
  readonly parameters: Environment;
  readonly policy: FlatPolicy | null;
  /** Settings that are in force somewhere. */
  readonly inForce: ReadonlySet<object>;
}

const noRules: FlatPolicy = { name: '', rules: [], clip: null, span: { file: '', start: 0, end: 0 } };

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
  const outline = expand(declaration, parameters, scope, report);
  if (use.policy !== null && policy === null) return null;
  const rules = policy ?? noRules;
  const fillings = cascade(rules, outline.places);
  const layers = buildLayers(outline, fillings.reached, report);
  if (layers === null || outline.input === null) return null;
  const places = withWeights(outline, layers);
  const { reached, findings } = cascade(rules, places);
  checkFindings({ network: declaration.name, policy: rules, places, reached, findings }, report);
  if (hasErrors(found)) return null;

  const last = layers.at(-1);
  if (last === undefined) {
    // Every step is a slot that stays empty: the value of the input is the output, which no program can be made of.
    report(policies.doesNothing.at(declaration.name.span, { what: `network \`${declaration.name.text}\``, why: 'all of its slots stay empty', instead: 'add a step that is no slot, such as `dense(10)`' }));
    return null;
  }
  const weightPlaces = new Map(places.flatMap((p) => (p.kind === 'weight' ? [[p.path, p] as const] : [])));
  const model: Model = {
    network: declaration.name.text,
    policy: policy?.name ?? null,
    inputs: [outline.input],
    layers: layers.map((layer) => finish(layer, reached, weightPlaces)),
    outputs: [{ name: last.place.name, source: { kind: 'layer', path: last.place.path }, type: last.output }],
    clip: rules.clip?.bound ?? null,
    span: declaration.span,
  };
  return { declaration, model, parameters, policy, inForce: winners(reached) };
}

function finish(layer: BareLayer, reached: Reached, places: ReadonlyMap<string, Place>): Layer {
  const { place, def, args, source, input, output, biasReason } = layer;
  const made = layer.weights.map((spec) => finishWeight(layer, spec, places.get(`${place.path}.${spec.name}`), reached));
  return {
    path: place.path,
    def,
    args,
    source,
    input,
    output,
    weights: made.map((m) => m.weight),
    settings: [...layer.settings, ...made.flatMap((m) => m.settings)],
    biasReason,
    span: place.span,
  };
}

function finishWeight(layer: BareLayer, spec: Weight['spec'], place: Place | undefined, reached: Reached): { readonly weight: Weight; readonly settings: readonly EffectiveSetting[] } {
  const init = place === undefined ? null : winnerOf(reached, place, 'init', 'init');
  const decay = place === undefined ? null : winnerOf(reached, place, 'decay', 'decay');
  const penalty = place === undefined ? null : winnerOf(reached, place, 'penalty', 'penalty');
  const settings = [
    init === null ? byDefault(layer, spec) : effective('init', spec.name, won(init.candidate), init.lost),
    ...[decay, penalty].flatMap((w) => (w === null ? [] : [effective(w.candidate.setting.key, spec.name, won(w.candidate), w.lost)])),
  ];
  const weight: Weight = {
    spec,
    name: `${layer.place.path}.${spec.name}`,
    shape: spec.shape,
    trainable: spec.role !== 'statistic',
    init: init === null ? spec.init : init.effect.init.def.initial(init.effect.init.args, spec.fan),
    decay: decay?.effect.decay ?? null,
    penalties: penalty?.effect.penalties ?? [],
  };
  return { weight, settings };
}

/** The initial value that a weight has when no rule says otherwise. */
function byDefault(layer: BareLayer, spec: Weight['spec']): EffectiveSetting {
  const word = spec.init.kind === 'glorot_uniform' && Object.hasOwn(initializers, 'glorot') ? 'glorot' : spec.init.kind;
  const value: Value = { kind: 'word', word, span: layer.place.span };
  const from: SettingSource = { kind: 'default', text: `default of ${layer.def.name}`, span: null };
  return effective('init', spec.name, { value, from }, []);
}

/** The settings that won at one place at least; a pinned slot is won by its pin. */
function winners(reached: Reached): ReadonlySet<object> {
  const won = new Set<object>();
  for (const [place, keys] of reached) {
    if (place.kind === 'slot' && place.pin !== null) continue;
    for (const [first] of keys.values()) if (first !== undefined) won.add(first.setting);
  }
  return won;
}
