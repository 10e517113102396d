/**
 * A TypeScript file as ts-morph assembles it: header, imports, declarations. ts-morph parses what it assembles, so it is given the
 * declarations with a marker for a body; finished bodies take the markers' places at the end. A thousand statements cost nothing that way.
 */
import { type FunctionDeclarationStructure, IndentationText, Project, QuoteKind, StructureKind } from 'ts-morph';
import type { Imports } from './imports.ts';
import { comment, text } from './literal.ts';

/** A function, of which ts-morph prints the head, or finished text such as an interface. */
export type Declaration =
  | { readonly head: Omit<FunctionDeclarationStructure, 'statements'>; readonly body: string }
  | string;

/** A name, a type, and what it is when it is left out. */
export type Parameter = readonly [name: string, type: string, initializer?: string];

export const functionDeclaration = (f: {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  readonly returns: string;
  readonly body: string;
}): Declaration => ({
  head: {
    kind: StructureKind.Function,
    isExported: true,
    name: f.name,
    docs: [{ description: comment(f.doc) }],
    parameters: f.parameters.map(([name, type, initializer]) => ({
      name,
      type,
      ...(initializer === undefined ? {} : { initializer }),
    })),
    returnType: f.returns,
  },
  body: f.body,
});

/** An interface; the body is text, because members carry remarks behind them. */
export const interfaceDeclaration = (name: string, doc: string, body: string): string =>
  `/** ${comment(doc)} */\nexport interface ${name} {${body === '' ? '' : `\n${indent(body)}\n`}}`;

export const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');

/** On one line where it fits, else a name a line. */
function importText({ from, names, typeOnly }: ReturnType<Imports['list']>[number]): string {
  const open = typeOnly ? 'import type {' : 'import {';
  const flat = `${open} ${names.join(', ')} } from '${from}';`;
  return flat.length <= 120 ? flat : `${open}\n${names.map((n) => `  ${n},\n`).join('')}} from '${from}';`;
}

/** Prints a file; the same input gives the same bytes. */
export function printFile(
  path: string,
  header: string,
  imports: Imports,
  declarations: readonly Declaration[],
): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipFileDependencyResolution: true,
    manipulationSettings: {
      indentationText: IndentationText.TwoSpaces,
      quoteKind: QuoteKind.Single,
      useTrailingCommas: true,
    },
  });
  const marker = (i: number): string => `// nrmc text ${i}`;
  const file = project.createSourceFile(path, {
    statements: [
      ...imports.list().map(importText),
      ...imports.modules().map(({ from, name }) => `import * as ${name} from ${text(from)};`),
      ...declarations.map((d, i) => (typeof d === 'string' ? marker(i) : { ...d.head, statements: marker(i) })),
    ],
  });
  const texts = declarations.map((d) => (typeof d === 'string' ? `\n${d}` : indent(d.body)));
  const full = file.getFullText().replace(/^ *\/\/ nrmc text (\d+)$/gm, (_, i: string) => texts[Number(i)] ?? '');
  return `${header}\n${full.replace(/\n{3,}/g, '\n\n')}`;
}
