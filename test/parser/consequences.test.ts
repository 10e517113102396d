/** After a syntax error checking still says what it finds, but for what follows from the error. */
import { expect, test } from 'vitest';
import { defineDiagnostic } from '../../src/diagnostics/diagnostic.ts';
import { withoutConsequences } from '../../src/parser/consequences.ts';
import { parse } from '../../src/parser/index.ts';

const found = defineDiagnostic<Record<never, never>>({
  code: 'NRM2003',
  severity: 'error',
  title: 'something that checking finds',
  message: () => 'found',
});

/** Which pieces of the text are still told of, when checking finds something at each of them. */
function told(text: string, ...pieces: readonly string[]): readonly string[] {
  const { tree, diagnostics } = parse(text, 'x');
  const at = (piece: string): number => text.indexOf(piece);
  const all = pieces.map((piece) => found.at({ file: 'x', start: at(piece), end: at(piece) + piece.length }, {}));
  const left = withoutConsequences(tree, text, diagnostics, all);
  return pieces.filter((_, index) => left.includes(all[index] ?? found.at(null, {})));
}

const network = 'network A {\n  conv(3]\n  dence(4)\n}\n\nblock B {\n  flaten\n}\n';

test('nothing is held back where nothing is wrong', () =>
  expect(told(network.replace(']', ')'), 'A', 'conv', 'dence', 'B')).toEqual(['A', 'conv', 'dence', 'B']));

test('what stands on the line of an error, and at the head of its declaration, follows from it', () =>
  expect(told(network, 'A', 'conv', 'dence', 'B', 'flaten')).toEqual(['dence', 'B', 'flaten']));

test('after an error in the head all of the declaration does', () =>
  expect(told('network A(x: 3) {\n  conv(x)\n}\nblock B {\n  flaten\n}\n', 'A', 'conv', 'B', 'flaten')).toEqual([
    'B',
    'flaten',
  ]));

test('every place of an error counts', () =>
  expect(told('train t {\n  a = 1\n  b: 2\n  c = 3\n}\n', 'a', 'b:', 'c =')).toEqual(['b:']));

test('other files, and what has no place, are left alone', () => {
  const { tree, diagnostics } = parse(network, 'x');
  const elsewhere = [found.at({ file: 'y', start: 0, end: 1 }, {}), found.at(null, {})];
  expect(withoutConsequences(tree, network, diagnostics, elsewhere)).toEqual(elsewhere);
});

test('what an import without readable names might have brought is not missed', () => {
  const text = (head: string): string => `${head}\nblock B {\n  Unit\n}\n`;
  expect(told(text('import "./blocks.nrm"'), 'Unit')).toEqual([]);
  expect(told(text('import Other from "./blocks.nrm"'), 'Unit')).toEqual(['Unit']);
});
