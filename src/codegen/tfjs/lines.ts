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
    const column = Math.min(furthest, Math.max(0, ...this.#lines.filter((l) => l.remark !== '' && l.code.length <= furthest).map((l) => l.code.length)) + 2);
    return this.#lines
      .map(({ code, remark }) => {
        if (remark === '') return code;
        const line = `${code.padEnd(column)}${code.length >= column ? ' ' : ''}// ${remark}`;
        return line.length <= width || code.includes('\n') ? line : `${code} // ${remark}`;
      })
      .join('\n');
  }
}

/** `name(a, b, { … })`, broken after the parentheses when it is too long for a line of `room` columns. */
export function call(name: string, args: readonly string[], room: number): string {
  const flat = `${name}(${args.join(', ')})`;
  if (flat.length <= room) return flat;
  return `${name}(\n${args.map((a) => `  ${a.startsWith('[') && a.length > 100 ? wrapList(a) : a},`).join('\n')}\n)`;
}

/** A long `[a, b, c]` with as many items a line as fit. */
function wrapList(list: string): string {
  const lines: string[] = [];
  let line = '';
  for (const item of list.slice(1, -1).split(', ')) {
    if (line.length + item.length > 100) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += `${item}, `;
  }
  lines.push(line.trimEnd());
  return `[\n${lines.map((l) => `    ${l}`).join('\n')}\n  ]`;
}

/** `{ a: 1, b: 2 }`; shorthand where key and value are the same. */
export const object = (entries: readonly (readonly [string, string])[]): string =>
  entries.length === 0 ? '{}' : `{ ${entries.map(([key, value]) => (key === value ? key : `${key}: ${value}`)).join(', ')} }`;
