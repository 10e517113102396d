import { describe, expect, test } from 'vitest';
import { parse } from '../../src/parser/index.ts';
import { printFile } from '../../src/parser/print.ts';
import { rendered, shape, tour } from './support.ts';

describe.each(tour)('%s', (_, text) => {
  const { tree } = parse(text, 'tour.nrm');

  test('is read without a word', () => expect(rendered(text)).toBe(''));

  test('says the same when it is printed', () => {
    const printed = printFile(tree);
    expect(rendered(printed)).toBe('');
    expect(shape(parse(printed, 'tour.nrm').tree)).toEqual(shape(tree));
    expect(printFile(parse(printed, 'tour.nrm').tree)).toBe(printed);
  });

  test('is read the same, declaration by declaration, in a file with an error', () => {
    const { tree: recovered, diagnostics } = parse(`${text}\n)`, 'tour.nrm');
    expect(diagnostics.map((d) => d.code)).toEqual(['NRM1008']);
    expect(recovered).toEqual({ ...tree, whole: false });
  });

  test('means the same on one line, and with other line ends', () => {
    const stripped = text.replace(/\/\/.*/g, '').trim();
    const plain = shape(parse(stripped, 'tour.nrm').tree);
    for (const space of [' ', '\r\n', '\t', '\n\n\n']) {
      expect(shape(parse(stripped.replace(/\s*\n\s*/g, space), 'tour.nrm').tree)).toEqual(plain);
    }
  });
});
