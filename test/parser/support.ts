import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { parse } from '../../src/parser/index.ts';
import type { SourceFile } from '../../src/parser/tree.ts';

const folder = path.join(import.meta.dirname, 'tour');

/** The language, feature by feature: what every test of the parser starts from. */
export const tour: readonly (readonly [name: string, text: string])[] = readdirSync(folder).map((file) => [
  file,
  readFileSync(path.join(folder, file), 'utf8'),
]);

/** A tree without places, and without the path of its file. */
export const shape = (tree: unknown): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'span' || key === 'file' ? undefined : value)));

export const treeOf = (text: string): SourceFile => {
  const { tree, diagnostics } = parse(text, 'test.nrm');
  if (diagnostics.length > 0) throw new Error(rendered(text));
  return tree;
};

export const codesOf = (text: string): readonly string[] => parse(text, 'test.nrm').diagnostics.map((d) => d.code);

/** All diagnostics of a text as a terminal shows them. */
export const rendered = (text: string): string =>
  parse(text, 'test.nrm')
    .diagnostics.map((d) => renderDiagnostic(d, () => text, { color: false, width: 120 }))
    .join('\n\n');
