/** Markdown of a page. */

export const markdownTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const cell = (content: string): string => content.replaceAll('|', '\\|');

export const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

const begin = '<!-- measured: npm run experiments writes this part -->';
const end = '<!-- end of what was measured -->';

/** A page with its measured part replaced. */
export function withMeasured(page: string, measured: string, file: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no measured part, from\n${begin}\nto\n${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${measured}\n\n${page.slice(to)}`;
}
