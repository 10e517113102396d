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
      Math.max(
        0,
        ...this.#lines.filter((l) => l.remark !== '' && l.code.length <= furthest).map((l) => l.code.length),
      ) + 2,
    );
    return this.#lines
      .map(({ code, remark }) => {
        if (remark === '') return code;
        const line = `${code.padEnd(column)}${code.length >= column ? ' ' : ''}// ${remark}`;
        return line.length <= width || code.includes('\n') ? line : `${code} // ${remark}`;
      })
      .join('\n');
  }
}

/**
 * `name(a, b, { … })`. When that is too long for a line of `room` columns, a last object is opened behind the other arguments;
 * otherwise each argument stands on a line of its own.
 */
export function call(name: string, args: readonly string[], room: number): string {
  const flat = `${name}(${args.join(', ')})`;
  if (flat.length <= room) return flat;
  const last = args.at(-1) ?? '';
  const head = `${name}(${args.slice(0, -1).join(', ')}`;
  if (last.startsWith('{ ') && head.length + 3 <= room) {
    return `${head}${args.length > 1 ? ', ' : ''}{\n${filled(last.slice(2, -2))}\n})`;
  }
  return `${name}(\n${args.map((a) => (a.startsWith('[') && a.length > 100 ? `  [\n${indented(filled(a.slice(1, -1)))}\n  ],` : `  ${a},`)).join('\n')}\n)`;
}

/** Items of a list or object, as many a line as fit, indented once. */
function filled(items: string): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items.split(', ')) {
    if (line.length + item.length > 100) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += `${item}, `;
  }
  lines.push(line.trimEnd());
  return lines.map((l) => `  ${l}`).join('\n');
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
