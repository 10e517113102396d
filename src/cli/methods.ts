/** `nrmc show --methods`: the catalogue, a line a method. */
import process from 'node:process';
import pc from 'picocolors';
import { methods } from '../check/reference.ts';
import { useColor } from './terminal.ts';

export function methodsText(): string {
  const paint = pc.createColors(useColor(process.stdout));
  const width = Math.max(40, process.stdout.columns ?? 100);
  return methods()
    .map(({ title, where, entries }) => {
      const column = Math.max(...entries.map((e) => e.name.length)) + 4;
      return [
        paint.bold(title),
        ...wrapped(`in ${where.replaceAll('`', '')}`, width - 2).map((line) => paint.dim(`  ${line}`)),
        ...entries.flatMap(({ name, doc }) =>
          wrapped(doc.replaceAll('`', ''), width - column).map(
            (line, i) => `  ${(i === 0 ? name : '').padEnd(column - 2)}${line}`,
          ),
        ),
      ].join('\n');
    })
    .join('\n\n');
}

/** Lines of at most so many characters; a longer word has one of its own. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
