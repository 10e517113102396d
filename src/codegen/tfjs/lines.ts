/** Lines of a function body with remarks at their ends, aligned as a person would align them. */

export interface Line {
  readonly code: string;
  /** Goes behind the code as `// …`. */
  readonly remark: string;
}

/** Columns a line may have. */
const width = 120;
/** Remarks of a block start in one column unless code reaches beyond it. */
const furthest = 96;

const isShort = (code: string): boolean => code.length <= furthest - 2 && !code.includes('\n');

export class Body {
  readonly #lines: Line[] = [];

  add(code: string, remark = ''): void {
    this.#lines.push({ code, remark });
  }

  /** An empty line and a heading: `// backward`. */
  section(title: string): void {
    if (this.#lines.length > 0) this.add('');
    this.add(`// ${title}`);
  }

  toString(): string {
    const column = Math.min(
      furthest,
      Math.max(0, ...this.#lines.filter((l) => l.remark !== '' && isShort(l.code)).map((l) => l.code.length)) + 2,
    );
    return this.#lines
      .map(({ code, remark }) => {
        if (remark === '') return code;
        if (!isShort(code)) return `${code} // ${remark}`;
        const line = `${code.padEnd(column)}// ${remark}`;
        return line.length <= width ? line : `${code} // ${remark}`;
      })
      .join('\n');
  }
}

/**
 * `name(a, b, { … })`. When that is too long for a line of `room` columns, a last object is opened behind the other arguments where
 * they fit into `head` columns; otherwise the arguments stand below, beside each other, and the object below them.
 */
export function call(name: string, args: readonly string[], room: number, head: number = room): string {
  const flat = `${name}(${args.join(', ')})`;
  if (flat.length <= room) return flat;
  const last = args.at(-1) ?? '';
  const options = last.startsWith('{ ') ? last : null;
  const operands = options === null ? args : args.slice(0, -1);
  const begun = `${name}(${operands.join(', ')}`;
  if (options !== null && begun.length + 3 <= head)
    return `${begun}${operands.length > 0 ? ', ' : ''}{\n${filled(options.slice(2, -2))}\n})`;
  const lists = operands.filter((o) => o.startsWith('['));
  const others = operands.filter((o) => !o.startsWith('['));
  // A list is the last of the operands.
  const rows = [
    ...(others.length === 0 ? [] : [filled(others.join(', '))]),
    ...lists.map((l) => indented(row(l))),
  ].join('\n');
  return `${name}(\n${rows}${options === null ? '' : `\n${indented(row(options))}`}\n)`;
}

/** A list or an object as an argument of its own, opened where it is too long for a line. */
function row(text: string): string {
  if (text.length <= 100) return `${text},`;
  const items = text.startsWith('{ ') ? text.slice(2, -2) : text.slice(1, -1);
  return `${text.charAt(0)}\n${filled(items)}\n${text.at(-1)},`;
}

/** Items of a list or object, as many a line as fit, indented once; an object that fits into none is opened. */
export function filled(items: string): string {
  const lines: string[] = [];
  let line = '';
  const end = (): void => {
    if (line !== '') lines.push(line.trimEnd());
    line = '';
  };
  for (const item of atCommas(items)) {
    if (line.length + item.length > 100) end();
    const [, head, inner] = item.length > 100 ? (/^([^{]*\{) (.*) \}$/.exec(item) ?? []) : [];
    if (head === undefined || inner === undefined) line += `${item}, `;
    else lines.push(head, filled(inner), '},');
  }
  end();
  return lines.map((l) => indented(l)).join('\n');
}

/** Parts between commas that stand in no brackets. */
function atCommas(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const part of text.split(', ')) {
    parts.push(depth === 0 ? part : `${parts.pop()}, ${part}`);
    for (const c of part) depth += '([{'.includes(c) ? 1 : ')]}'.includes(c) ? -1 : 0;
  }
  return parts.slice(1);
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

/** `{ a: 1, b: 2 }`; shorthand where key and value are the same. */
export const object = (entries: readonly (readonly [string, string])[]): string =>
  entries.length === 0
    ? '{}'
    : `{ ${entries.map(([key, value]) => (key === value ? key : `${key}: ${value}`)).join(', ')} }`;
