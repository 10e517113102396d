/**
 * Canonical text of a syntax tree: what resolved specs are stored as. Parsing it gives the same tree, but for places and comments.
 * Written for people: one step a line, one setting a line.
 */
import { printExpression, printName } from './print-expression.ts';
import type {
  Bracket,
  Declaration,
  Dimension,
  ExternParameter,
  Field,
  Item,
  Parameter,
  PolicyItem,
  PolicyReference,
  Selector,
  Setting,
  SourceFile,
  StepCore,
  Type,
} from './tree.ts';

export { printExpression } from './print-expression.ts';

export const printFile = (file: SourceFile): string =>
  `${[...(file.edition === null ? [] : [`nrm ${file.edition.version}`]), ...file.declarations.map(printDeclaration)].join('\n\n')}\n`;

export function printDeclaration(declaration: Declaration): string {
  const doc =
    declaration.doc === ''
      ? ''
      : `${declaration.doc
          .split('\n')
          .map((line) => `///${line === '' ? '' : ` ${line}`}`)
          .join('\n')}\n`;
  return `${doc}${core(declaration)}`;
}

function core(d: Declaration): string {
  switch (d.kind) {
    case 'import':
      return `import { ${d.names.map((n) => n.text).join(', ')} } from ${d.from === null ? '""' : printExpression(d.from)}`;
    case 'network':
      return `network ${d.name.text}${parameters(d.parameters)}${d.with === null ? '' : ` with ${reference(d.with)}`} ${body(d.body, '')}`;
    case 'block':
      return `block ${d.name.text}${parameters(d.parameters)} ${body(d.body, '')}`;
    case 'policy':
      return `policy ${d.name.text}${parameters(d.parameters)}${d.extends === null ? '' : ` extends ${reference(d.extends)}`} ${braces(d.items.map(policyItem), '')}`;
    case 'data': {
      const fields = d.fields.length === 0 ? [] : [`fields ${braces(d.fields.map(field), '  ')}`];
      return `data ${d.name.text} ${braces([...d.settings.map(setting), ...fields], '')}`;
    }
    case 'train':
      return `train ${d.name.text} ${braces(d.settings.map(setting), '')}`;
    case 'sweep':
    case 'search': {
      const over =
        d.over.length === 0
          ? []
          : [
              `over ${braces(
                d.over.map((a) => `${a.path.map((n) => n.text).join('.')}: ${printExpression(a.values)}`),
                '  ',
              )}`,
            ];
      return `${d.kind} ${d.name.text} ${braces([...d.settings.map(setting), ...over], '')}`;
    }
    case 'extern': {
      const result = d.result === null ? '' : ` -> ${type(d.result)}`;
      return `extern ${d.what} ${d.name.text}(${d.parameters.map(externParameter).join(', ')})${result} from ${d.from === null ? '""' : printExpression(d.from)}`;
    }
    case 'loss':
      return `loss ${d.name.text}${parameters(d.parameters)} = ${printExpression(d.value)}`;
  }
}

/** `{ … }` with a line for each of its lines. */
const braces = (lines: readonly string[], indent: string): string =>
  lines.length === 0 ? '{}' : `{\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent}}`;

const parameter = (p: Parameter): string =>
  `${p.name.text}${p.default === null ? '' : ` = ${printExpression(p.default)}`}`;
const parameters = (ps: readonly Parameter[]): string => (ps.length === 0 ? '' : `(${ps.map(parameter).join(', ')})`);
const externParameter = (p: ExternParameter): string =>
  p.type === null ? parameter(p) : `${p.name.text}: ${type(p.type)}`;
const reference = (p: PolicyReference): string => printName(p.name.text, p.arguments, p.arguments.length > 0);
const dimension = (d: Dimension): string => (d.kind === 'rest' ? `...${d.name.text}` : printExpression(d.value));
const type = (t: Type): string => `${t.dtype.text}[${t.dimensions.map(dimension).join(', ')}]`;
const setting = (s: Setting): string => `${s.key.text}: ${printExpression(s.value)}`;

function field(f: Field): string {
  const value = f.type === null ? '' : f.type.kind === 'tensor' ? type(f.type.type) : printExpression(f.type.value);
  return `${f.name.text}: ${value}${f.preprocessing === null ? '' : ` = ${printExpression(f.preprocessing)}`}`;
}

// ── networks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const body = (items: readonly Item[], indent: string): string =>
  braces(
    items.map((i) => item(i, `${indent}  `)),
    indent,
  );

function item(i: Item, indent: string): string {
  if (i.kind === 'input') return `input ${i.name.text}${i.type === null ? '' : `: ${type(i.type)}`}`;
  const label = i.label === null ? '' : `${i.label.text}: `;
  return `${i.output ? 'output ' : ''}${label}${step(i.core, indent)}${i.as === null ? '' : ` as ${i.as.text}`}`;
}

function step(s: StepCore, indent: string): string {
  switch (s.kind) {
    case 'call':
      return printName(s.name.text, s.arguments, s.parentheses);
    case 'stage':
      return body(s.body, indent);
    case 'join': {
      const inner = `${indent}  `;
      const path = (items: readonly Item[]): string =>
        items.length === 0 ? ' identity' : items.map((i) => ` ${item(i, `${inner}  `)}`).join('');
      const paths = s.paths.map((p) => `|${path(p.items)}`);
      return `${s.join} ${braces(paths, indent)}`;
    }
    case 'repeat':
      return `repeat ${printExpression(s.count)} ${body(s.body, indent)}`;
    case 'for': {
      const names = s.names.map((n) => n.text).join(', ');
      return `for ${s.unpacks ? `[${names}]` : names} in ${printExpression(s.in)} ${body(s.body, indent)}`;
    }
    case 'if':
      return `if ${printExpression(s.condition)} ${body(s.then, indent)}${s.else === null ? '' : ` else ${body(s.else, indent)}`}`;
    case 'from':
    case 'again':
      return `${s.kind} ${s.name.text}`;
    case 'identity':
      return 'identity';
  }
}

// ── policies ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function policyItem(i: PolicyItem): string {
  if (i.kind === 'filling') return `${i.slot.text}${i.optional ? '?' : ''}: ${printExpression(i.value)}`;
  return `${i.selectors.map(selector).join(', ')} ${i.settings.length === 0 ? '{}' : `{ ${i.settings.map(setting).join('  ')} }`}`;
}

/** `?` may stand anywhere in a selector and means the whole of it: it is printed at the end. */
const selector = (s: Selector): string =>
  `${s.parts.map((p) => `${p.names.map((n) => n.text).join('.')}${p.brackets.map(bracket).join('')}`).join(' ')}${s.optional ? '?' : ''}`;

function bracket(b: Bracket): string {
  switch (b.kind) {
    case 'index':
      return `[${b.index}]`;
    case 'not':
      return `[not ${selector(b.selector)}]`;
    case 'attribute':
      return `[${b.key.text}: ${printExpression(b.value)}]`;
    default:
      return `[${b.kind}]`;
  }
}
