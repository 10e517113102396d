/**
 * A network as a table: groups indented, one row a layer. No line is wider than asked: names, arguments and what the policy set are
 * cut with an ellipsis before that, counts never.
 */
import { firstPath } from '../check/first-path.ts';
import { printValue } from '../check/index.ts';
import type { EffectiveSetting, Group, Layer, Model, Source } from '../check/model.ts';
import { isIn, keyOf, type Member, membersOf } from './groups.ts';
import { shortened } from './measure.ts';
import { callText, countsOf, dimsText, grouped, lastName, ownersOf, settingName } from './words.ts';

export interface Table {
  readonly head: string;
  readonly rows: readonly string[];
}

interface Row {
  readonly name: string;
  readonly op: string;
  /** Behind the op: where its values come from, if not from the row before. */
  readonly sources: string;
  readonly output: string;
  readonly weights: string;
  readonly policy: string;
}

const gap = 2;
const mostName = 32;
/** Sizes that have names can make a shape long. */
const mostOutput = 24;
/** With less room than this the column is left out. */
const leastPolicy = 12;
const leastOp = 20;
const leastCall = 8;

export function modelTable(model: Model, width: number): Table {
  const head: Row = {
    name: 'layer',
    op: 'op',
    sources: '',
    output: 'output',
    weights: 'weights',
    policy: 'from the policy',
  };
  const rows = rowsOf(model);
  const widths = widthsFor([head, ...rows], width);
  const line = (row: Row): string =>
    [
      shortened(row.name, widths.name).padEnd(widths.name),
      opText(row, widths.op).padEnd(widths.op),
      shortened(row.output, widths.output).padEnd(widths.output),
      row.weights.padStart(widths.weights),
      ...(widths.policy === 0 ? [] : [shortened(row.policy, widths.policy)]),
    ]
      .join(' '.repeat(gap))
      .trimEnd();
  return { head: line(head), rows: rows.map(line) };
}

/** Rather without some arguments than without the sources. */
const opText = ({ op, sources }: Row, width: number): string =>
  shortened(`${shortened(op, Math.max(leastCall, width - sources.length))}${sources}`, width);

/** Shapes and counts take what they need; of the rest, what the policy set has two fifths, or what the ops leave. */
function widthsFor(rows: readonly Row[], width: number): Readonly<Record<Exclude<keyof Row, 'sources'>, number>> {
  const needs = (key: 'name' | 'output' | 'weights' | 'policy'): number => Math.max(...rows.map((r) => r[key].length));
  const ops = Math.max(...rows.map((r) => r.op.length + r.sources.length));
  const output = Math.min(needs('output'), mostOutput);
  const weights = needs('weights');
  const name = Math.min(needs('name'), mostName, Math.max(8, width - output - weights - leastOp - 3 * gap));
  const rest = width - name - output - weights - 3 * gap;
  const beside = rest - gap - Math.min(ops, Math.max(leastOp, Math.floor(rest * 0.6)));
  const policy = beside < leastPolicy ? 0 : Math.min(needs('policy'), beside);
  return { name, op: Math.min(ops, policy === 0 ? rest : rest - gap - policy), output, weights, policy };
}

function rowsOf(model: Model): readonly Row[] {
  const rows: Row[] = model.inputs.map(({ name, type }) => ({
    ...empty,
    name,
    op: type.dtype === 'float32' ? 'input' : `input ${type.dtype}`,
    output: dimsText(type.shape),
  }));
  const owners = ownersOf(model);
  const chosen = new Set(firstPath(model));
  let last: string | null = model.inputs.length === 1 ? `input ${model.inputs[0]?.name}` : null;
  const visit = (members: readonly Member[], depth: number): void => {
    for (const member of members) {
      const indent = '  '.repeat(depth);
      if (member.kind === 'group') {
        rows.push({ ...empty, name: `${indent}${lastName(member.group.path)}`, op: groupText(member.group) });
        visit(member.members, depth + 1);
        continue;
      }
      const { layer } = member;
      rows.push(marked(layerRow(layer, indent, last, owners), chosen.has(layer)));
      last = `layer ${layer.path}`;
    }
  };
  visit(membersOf(model), 0);
  return [...rows, ...outputRows(model)];
}

const empty: Row = { name: '', op: '', sources: '', output: '', weights: '', policy: '' };

const groupText = ({ kind, word, path }: Group): string =>
  kind === 'again' ? `again ${word}` : kind === 'stage' || lastName(path).startsWith(word) ? '' : word;

function layerRow(layer: Layer, indent: string, before: string | null, owners: ReadonlySet<string>): Row {
  const { trained, frozen } = countsOf([layer]);
  const [source] = layer.sources;
  const sources = layer.sources.map((s) => sourceText(s, layer)).join(', ');
  const follows = layer.sources.length === 1 && source !== undefined && keyOf(source) === before;
  const shared = layer.shares !== null && owners.has(layer.shares);
  return {
    name: `${indent}${lastName(layer.path)}`,
    op: callText(layer),
    sources: layer.def.use === 'join' ? ` of ${sources}` : follows ? '' : ` from ${sources}`,
    output: dimsText(layer.output.shape),
    weights: trained + frozen === 0 ? '' : grouped(trained + frozen),
    policy: [...(shared ? [`weights of ${layer.shares}`] : []), ...policyTexts(layer)].join(' · '),
  };
}

/** Of another path of a choice than the first. */
export const otherPathMark = '*';

const marked = (row: Row, chosen: boolean): Row => (chosen ? row : { ...row, name: `${row.name} ${otherPathMark}` });

/** From within the same group a name is enough. */
function sourceText(source: Source, layer: Layer): string {
  if (source.kind === 'input') return source.name;
  const group = layer.path.slice(0, Math.max(0, layer.path.lastIndexOf('.')));
  return group !== '' && isIn(source.path, group) ? source.path.slice(group.length + 1) : source.path;
}

/** An output that is the last layer and has its name needs no row. */
function outputRows(model: Model): readonly Row[] {
  const [only] = model.outputs;
  const last = model.layers.at(-1)?.path;
  const plain = only?.source.kind === 'layer' && only.source.path === last && only.name === last;
  if (model.outputs.length === 1 && plain) return [];
  return model.outputs.map(({ name, source, type }) => ({
    ...empty,
    name,
    op: 'output',
    sources: ` of ${source.kind === 'input' ? source.name : source.path}`,
    output: dimsText(type.shape),
  }));
}

/** `init: kaiming, decay: 0.0005 (Modern: conv)`: what one rule set stands together. What fills a slot is told by the op. */
function policyTexts(layer: Layer): readonly string[] {
  const byRule = new Map<string, string[]>();
  for (const setting of layer.settings) {
    if (setting.from.kind === 'default') continue;
    const rule = setting.from.text.replace(/^policy /, '');
    byRule.set(rule, [...(byRule.get(rule) ?? []), settingText(setting, layer)]);
  }
  return [...byRule].map(([rule, texts]) => `${texts.join(', ')} (${rule})`);
}

const settingText = (setting: EffectiveSetting, layer: Layer): string =>
  setting.key === layer.def.use ? setting.key : `${settingName(setting)}: ${printValue(setting.value)}`;
