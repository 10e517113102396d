/**
 * Tree → canonical text: two spaces of indentation, a setting a line, a layer a line with the slots that follow it.
 *
 * Parsing what is printed gives the same tree, but for places and comments. Comments that are no documentation are not in the
 * tree; to lay out a person's file use the formatter, which keeps them.
 */
import { encodeString } from './literals.ts';
import { binding, prefixBinding } from './precedence.ts';
import type {
  Argument,
  Axis,
  Bracket,
  Declaration,
  Expression,
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
  StepItem,
  Type,
} from './tree.ts';

const columns = 100;

export function printFile(tree: SourceFile): string {
  const parts = [
    ...(tree.edition === null ? [] : [`nrm ${tree.edition.version}`]),
    ...tree.declarations.map(printDeclaration),
  ];
  return parts.map((part) => `${part}\n`).join('\n');
}

export function printDeclaration(declaration: Declaration): string {
  const doc = declaration.doc === '' ? [] : declaration.doc.split('\n').map((line) => `/// ${line}`.trimEnd());
  return [...doc, ...declarationLines(declaration)].join('\n');
}

function declarationLines(d: Declaration): readonly string[] {
  switch (d.kind) {
    case 'import':
      return [
        `import { ${d.names.map((n) => n.text).join(', ')} } from ${d.from === null ? '' : encodeString(d.from.value)}`,
      ];
    case 'network':
      return block(`network ${d.name.text}${parameters(d.parameters)}${reference(' with ', d.with)}`, items(d.body));
    case 'block':
      return block(`block ${d.name.text}${parameters(d.parameters)}`, items(d.body));
    case 'policy':
      return block(
        `policy ${d.name.text}${parameters(d.parameters)}${reference(' extends ', d.extends)}`,
        d.items.flatMap(policyItem),
      );
    case 'data':
      return block(`data ${d.name.text}`, [...d.settings.map(setting), ...group('fields', d.fields.map(field))]);
    case 'train':
      return block(`train ${d.name.text}`, d.settings.map(setting));
    case 'sweep':
    case 'search':
      return block(`${d.kind} ${d.name.text}`, [...d.settings.map(setting), ...group('over', d.over.map(axis))]);
    case 'extern': {
      const result = d.result === null ? '' : ` -> ${type(d.result)}`;
      const from = d.from === null ? '' : ` from ${encodeString(d.from.value)}`;
      return [`extern ${d.what} ${d.name.text}(${d.parameters.map(externParameter).join(', ')})${result}${from}`];
    }
    case 'loss':
      return [`loss ${d.name.text}(${d.parameters.map(parameter).join(', ')}) = ${printExpression(d.value)}`];
  }
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
const block = (head: string, body: readonly string[]): readonly string[] =>
  body.length === 0 ? [`${head} { }`] : [`${head} {`, ...indented(body), '}'];
const group = (head: string, body: readonly string[]): readonly string[] =>
  body.length === 0 ? [] : block(head, body);

const parameter = (p: Parameter): string =>
  p.default === null ? p.name.text : `${p.name.text} = ${printExpression(p.default)}`;
const parameters = (list: readonly Parameter[]): string =>
  list.length === 0 ? '' : `(${list.map(parameter).join(', ')})`;
const externParameter = (p: ExternParameter): string => {
  const written = p.type === null ? '' : `: ${type(p.type)}`;
  return `${p.name.text}${written}${p.default === null ? '' : ` = ${printExpression(p.default)}`}`;
};
const reference = (word: string, policy: PolicyReference | null): string =>
  policy === null
    ? ''
    : `${word}${policy.name.text}${policy.arguments.length === 0 ? '' : `(${policy.arguments.map(argument).join(', ')})`}`;

const type = (t: Type): string =>
  `${t.dtype.text}[${t.dimensions.map((d) => (d.kind === 'rest' ? `...${d.name.text}` : printExpression(d.value))).join(', ')}]`;

// ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function items(body: readonly Item[]): readonly string[] {
  const lines: string[] = [];
  let open = false;
  for (const item of body) {
    const printed = printItem(item);
    const [only] = printed;
    const last = lines.at(-1);
    // `norm`, `act` and `drop` stand behind the layer they follow.
    const follows = item.kind === 'step' && item.label === null && item.core.kind === 'call' && !item.core.parentheses;
    if (open && follows && only !== undefined && last !== undefined && last.length + only.length < columns) {
      lines[lines.length - 1] = `${last} ${only}`;
    } else {
      lines.push(...printed);
    }
    open = printed.length === 1 && item.kind === 'step';
  }
  return lines;
}

function printItem(item: Item): readonly string[] {
  if (item.kind === 'input') return [`input ${item.name.text}:${item.type === null ? '' : ` ${type(item.type)}`}`];
  return step(item);
}

function step(item: StepItem): readonly string[] {
  const label = item.label === null ? '' : `${item.label.text}: `;
  const lines = [...core(item.core)];
  lines[0] = `${item.output ? 'output ' : ''}${label}${lines[0] ?? ''}`;
  if (item.as !== null) lines[lines.length - 1] = `${lines.at(-1) ?? ''} as ${item.as.text}`;
  return lines;
}

function core(c: StepCore): readonly string[] {
  switch (c.kind) {
    case 'call':
      return [`${c.name.text}${c.parentheses ? `(${c.arguments.map(argument).join(', ')})` : ''}`];
    case 'stage':
      return c.body.length === 0 ? ['{ }'] : ['{', ...indented(items(c.body)), '}'];
    case 'join':
      return block(
        c.join,
        c.paths.flatMap((p) => path(p.items)),
      );
    case 'repeat':
      return block(`repeat ${printExpression(c.count)}`, items(c.body));
    case 'for': {
      const names = c.names.map((n) => n.text).join(', ');
      return block(`for ${c.unpacks ? `[${names}]` : names} in ${printExpression(c.in)}`, items(c.body));
    }
    case 'if': {
      const then = block(`if ${printExpression(c.condition)}`, items(c.then));
      if (c.else === null) return then;
      const only = c.else.length === 1 ? c.else[0] : undefined;
      const chained =
        only?.kind === 'step' && only.core.kind === 'if' && only.label === null && only.as === null && !only.output;
      const rest = chained ? core(only.core) : block('', items(c.else));
      return [...then.slice(0, -1), `${then.at(-1) ?? ''} else ${(rest[0] ?? '').trimStart()}`, ...rest.slice(1)];
    }
    case 'from':
    case 'again':
      return [`${c.kind} ${c.name.text}`];
    case 'identity':
      return ['identity'];
  }
}

/** On one line when it fits; else a step a line, all behind the bar. */
function path(body: readonly Item[]): readonly string[] {
  const lines = items(body);
  const simple = body.every((item) => item.kind === 'step' && printItem(item).length === 1);
  const line = lines.join('  ');
  if (simple && line.length < columns - 10) return [`| ${line}`.trimEnd()];
  return lines.map((text, index) => `${index === 0 ? '| ' : '  '}${text}`);
}

// ── policies and settings ────────────────────────────────────────────────────────────────────────────────────────────

function policyItem(item: PolicyItem): readonly string[] {
  if (item.kind === 'filling') return [`${item.slot.text}${item.optional ? '?' : ''}: ${printExpression(item.value)}`];
  return block(item.selectors.map(selector).join(', '), item.settings.map(setting));
}

/** The tree does not say which part carried the `?`; it means the same on each. */
const selector = (s: Selector): string =>
  s.parts
    .map(
      (part, index) =>
        `${part.names.map((n) => n.text).join('.')}${part.brackets.map(bracket).join('')}${s.optional && index === 0 ? '?' : ''}`,
    )
    .join(' ');

function bracket(b: Bracket): string {
  switch (b.kind) {
    case 'first':
    case 'last':
      return `[${b.kind}]`;
    case 'index':
      return `[${b.index}]`;
    case 'not':
      return `[not ${selector(b.selector)}]`;
    case 'attribute':
      return `[${b.key.text}: ${printExpression(b.value)}]`;
  }
}

const setting = (s: Setting): string => `${s.key.text}: ${printExpression(s.value)}`;
const axis = (a: Axis): string => `${a.path.map((n) => n.text).join('.')}: ${printExpression(a.values)}`;
const field = (f: Field): string => {
  const written = f.type === null ? '' : f.type.kind === 'tensor' ? type(f.type.type) : printExpression(f.type.value);
  return `${f.name.text}: ${written}${f.preprocessing === null ? '' : ` = ${printExpression(f.preprocessing)}`}`;
};

// ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────

const argument = (a: Argument): string => `${a.name === null ? '' : `${a.name.text}: `}${printExpression(a.value)}`;

export function printExpression(e: Expression): string {
  switch (e.kind) {
    case 'number':
      // Trees that were not parsed need not say how a number was written.
      return e.text !== '' ? e.text : e.percent ? `${e.value * 100}%` : String(e.value);
    case 'string':
      return encodeString(e.value);
    case 'boolean':
      return String(e.value);
    case 'name':
      return e.name;
    case 'call':
      return `${e.name.text}(${e.arguments.map(argument).join(', ')})`;
    case 'list':
      return `[${e.items.map(printExpression).join(', ')}]`;
    case 'record':
      return e.settings.length === 0 ? '{ }' : `{ ${e.settings.map(setting).join('  ')} }`;
    case 'unary': {
      const own = prefixBinding[e.operator];
      return `${e.operator === 'not' ? 'not ' : '-'}${operand(e.operand, (inner) => inner < own)}`;
    }
    case 'binary': {
      const own = binding[e.operator];
      return `${operand(e.left, (inner) => inner < own)} ${e.operator} ${operand(e.right, (inner) => inner <= own)}`;
    }
    case 'missing':
      return '';
  }
}

/** In parentheses when it binds less tightly than what is around it. */
function operand(e: Expression, loose: (inner: number) => boolean): string {
  const inner =
    e.kind === 'binary'
      ? binding[e.operator]
      : e.kind === 'unary'
        ? prefixBinding[e.operator]
        : Number.POSITIVE_INFINITY;
  return loose(inner) ? `(${printExpression(e)})` : printExpression(e);
}
