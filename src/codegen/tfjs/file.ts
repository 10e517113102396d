/**
 * A TypeScript file as ts-morph assembles it: header, imports, declarations. Bodies arrive as finished text and are printed once;
 * nothing is edited afterwards, which is what makes ts-morph slow.
 */
import { type FunctionDeclarationStructure, IndentationText, Project, QuoteKind, type StatementStructures, StructureKind } from 'ts-morph';
import type { Imports } from './imports.ts';
import { comment } from './literal.ts';

/** A function, or finished text such as an interface or a constant. */
export type Declaration = FunctionDeclarationStructure | string;

/** One paragraph of documentation as ts-morph prints it. */
export const docs = (description: string): { description: string }[] => [{ description: comment(description) }];

export const functionDeclaration = (f: {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly (readonly [name: string, type: string])[];
  readonly returns: string;
  readonly body: string;
}): FunctionDeclarationStructure => ({
  kind: StructureKind.Function,
  isExported: true,
  name: f.name,
  docs: docs(f.doc),
  parameters: f.parameters.map(([name, type]) => ({ name, type })),
  returnType: f.returns,
  statements: f.body,
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
export function printFile(path: string, header: string, imports: Imports, declarations: readonly Declaration[]): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipFileDependencyResolution: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single, useTrailingCommas: true },
  });
  const file = project.createSourceFile(path, {
    statements: [
      ...imports.list().map(importText),
      ...declarations.flatMap((d): (StatementStructures | string)[] => ['', d]),
    ],
  });
  return `${header}\n${file.getFullText().replace(/\n{3,}/g, '\n\n')}`;
}
