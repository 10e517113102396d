/** Sizes that have names: `input image: float32[H, W, 1]` becomes what the data say. */
import { shapes } from '../diagnostics/catalog/shapes.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { printExpression } from '../parser/print-expression.ts';
import type { Dimension, InputItem, Item, NetworkDeclaration, Type } from '../parser/tree.ts';
import type { DataConfig, DataField } from './model.ts';
import { typeText } from './types.ts';

/** Numbers by the names that inputs have for them. */
export type Sizes = ReadonlyMap<string, number>;

/** What a name of a size was first found to be. */
interface First {
  readonly input: InputItem;
  readonly size: number;
}

/** Null after an error: an input without a field that fits, or one name for two sizes. `at`: where the train names its data. */
export function sizesFrom(network: NetworkDeclaration, data: DataConfig, at: Span, report: Report): Sizes | null {
  const first = new Map<string, First>();
  let failed = false;
  for (const input of network.body) {
    if (input.kind !== 'input' || input.type === null) continue;
    const names = input.type.dimensions.map((d) => openName(d, network));
    // What has no such name is bound when the network is known.
    if (names.every((name) => name === null)) continue;
    const field = data.fields.find((f) => f.name === input.name.text);
    const fits = field?.kind === 'tensor' && field.shape.length === names.length;
    if (fits && !refuseTwoSizes(network, input, input.type, field, first, report)) continue;
    failed = true;
    if (field === undefined) refuseMissing(network, input, data, at, report);
    else if (!fits) refuseOther(network, input, input.type, field, data, report);
  }
  return failed ? null : new Map([...first].map(([symbol, { size }]) => [symbol, size]));
}

/** The name of a size that is no parameter of the network. */
const openName = (d: Dimension, network: NetworkDeclaration): string | null => {
  if (d.kind !== 'size' || d.value.kind !== 'name') return null;
  const { name } = d.value;
  return network.parameters.some((p) => p.name.text === name) ? null : name;
};

/** True when a network leaves sizes of its inputs to the data. */
export const hasOpenSizes = (network: NetworkDeclaration): boolean =>
  network.body.some((i) => i.kind === 'input' && i.type?.dimensions.some((d) => openName(d, network) !== null));

/** Leaves out what is only wrong because sizes are not known. */
export const withoutSizes =
  (report: Report): Report =>
  (d) => {
    if (d.code !== shapes.unknownSize.code) report(d);
  };

/** Learns the sizes of one input. True after saying that one name would stand for two. */
function refuseTwoSizes(
  network: NetworkDeclaration,
  input: InputItem,
  { dimensions }: Type,
  field: Extract<DataField, { readonly kind: 'tensor' }>,
  first: Map<string, First>,
  report: Report,
): boolean {
  let failed = false;
  for (const [i, d] of dimensions.entries()) {
    const symbol = openName(d, network);
    const size = field.shape[i];
    if (symbol === null || size === undefined) continue;
    const before = first.get(symbol);
    if (before === undefined) first.set(symbol, { input, size });
    else if (before.size !== size) {
      failed = true;
      const facts = {
        symbol,
        network: network.name.text,
        first: { input: before.input.name.text, size: before.size },
        other: { input: input.name.text, size },
      };
      const elsewhere = before.input === input ? null : before.input.span;
      report(training.sizesDiffer.at(d.span, facts, { places: { first: elsewhere, field: field.span } }));
    }
  }
  return failed;
}

function refuseMissing(
  network: NetworkDeclaration,
  input: InputItem,
  data: DataConfig,
  at: Span,
  report: Report,
): void {
  const fields = data.fields.map((f) => f.name);
  const name = input.name.text;
  const facts = { network: network.name.text, input: name, data: data.name, fields, nearest: nearest(name, fields) };
  const places = { input: input.span, data: data.fields[0]?.span ?? data.span };
  report(training.inputWithoutField.at(at, facts, { places }));
}

function refuseOther(
  network: NetworkDeclaration,
  input: InputItem,
  { dtype, dimensions }: Type,
  field: DataField,
  data: DataConfig,
  report: Report,
): void {
  const sizes = dimensions.map((d) => (d.kind === 'rest' ? `...${d.name.text}` : printExpression(d.value)));
  const facts = {
    network: network.name.text,
    input: input.name.text,
    inputType: `${dtype.text}[${sizes.join(', ')}]`,
    data: data.name,
    fieldType: field.kind === 'class' ? `class(${field.classes})` : typeText(field),
  };
  report(training.shapesDiffer.at(input.span, facts, { places: { field: field.span } }));
}

/** The network with these numbers in the types of its inputs; nothing else of it knows them. */
export function withSizes(network: NetworkDeclaration, sizes: Sizes = new Map()): NetworkDeclaration {
  if (sizes.size === 0) return network;
  const sized = (d: Dimension): Dimension => {
    const value = d.kind === 'size' && d.value.kind === 'name' ? sizes.get(d.value.name) : undefined;
    if (d.kind !== 'size' || value === undefined) return d;
    return { ...d, value: { kind: 'number', value, percent: false, text: String(value), span: d.value.span } };
  };
  const item = (i: Item): Item =>
    i.kind === 'input' && i.type !== null ? { ...i, type: { ...i.type, dimensions: i.type.dimensions.map(sized) } } : i;
  return { ...network, body: network.body.map(item) };
}
