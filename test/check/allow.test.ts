/** `// allow CODE: reason`: what it leaves out, what it does not, and what is said of it. */
import { describe, expect, test } from 'vitest';
import { check, checkNetwork, checkTrain, type Host, loadProgram } from '../../src/check/index.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, diagnose } from './support.ts';

/** A network with one dead bias, on line 3. */
const net = (line: string, above = ''): string => `network Net with P {
  input image: float32[8, 8, 1]${above}
  ${line}
}
policy P { norm: batch  act: relu }
`;
const dead = 'conv(4, kernel: 3, bias: true)  norm  act';
const reason = 'the weights we start from have one';

describe('where it stands', () => {
  test.each([
    ['nowhere', net(dead), ['NRM6006']],
    ['at the end of the line', net(`${dead}  // allow NRM6006: ${reason}`), []],
    ['on the line before', net(`// allow NRM6006: ${reason}\n  ${dead}`), []],
    ['before other comments and blank lines', net(`// allow NRM6006: ${reason}\n\n  // A note.\n  ${dead}`), []],
    ['two in a row', net(`// allow NRM6006: ${reason}\n  // allow NRM6014: x\n  ${dead}`), ['NRM6103']],
    ['on the line before the network', `// allow NRM6006: ${reason}\n${net(dead)}`, []],
    ['at the end of the line on which the network begins', net(dead).replace('{', `{ // allow NRM6006: ${reason}`), []],
    [
      'after a stage has begun',
      net(`stem: { // allow NRM6006: ${reason}\n    conv(4, kernel: 3)  norm\n    ${dead} }`),
      [],
    ],
    ['on the line after', net(`${dead}\n  // allow NRM6006: ${reason}`), ['NRM6006', 'NRM6103']],
    ['at the line before', net(dead, `  // allow NRM6006: ${reason}`), ['NRM6103', 'NRM6006']],
    [
      'before another declaration',
      net(dead).replace('policy', `// allow NRM6006: ${reason}\npolicy`),
      ['NRM6006', 'NRM6103'],
    ],
    ['with another code', net(`${dead}  // allow NRM6001: ${reason}`), ['NRM6006', 'NRM6103']],
    ['with several codes', net(`${dead}  // allow NRM6001, NRM6006: ${reason}`), ['NRM6103']],
    ['in documentation', net(`/// allow NRM6006: ${reason}\n  ${dead}`), ['NRM6006']],
    ['in lines that end as on Windows', net(`${dead}  // allow NRM6006: ${reason}`).replaceAll('\n', '\r\n'), []],
    ['behind nothing', `${net(dead)}// allow NRM6006: ${reason}`, ['NRM6006', 'NRM6103']],
  ])('%s', (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });
});

describe('what is wrong with it', () => {
  test.each([
    ['// allow NRM6006', ['NRM6006', 'NRM6101']],
    ['// allow NRM6006:', ['NRM6006', 'NRM6101']],
    ['// allow NRM6006 because it is so', ['NRM6006', 'NRM6101']],
    ['// allow NRM6060: x', ['NRM6006', 'NRM6102']],
    ['// allow NRM2003: x', ['NRM6006', 'NRM6102']],
    ['// allowed are NRM6006', ['NRM6006']],
    ['// allow', ['NRM6006']],
  ])('%s', (comment, expected) => {
    expect(codes(net(`${dead}  ${comment}`))).toEqual(expected);
  });

  test('a colon that is forgotten is put in', () => {
    const found = diagnose(net(`${dead}  // allow NRM6006 because it is so`)).find((d) => d.code === 'NRM6101');
    expect(found?.fix).toMatchObject([{ text: ':' }]);
  });

  test('nothing is said of what is allowed in vain while there are errors: some findings do not come up then', () => {
    expect(codes(net('conv(4, kernl: 3)  norm  act  // allow NRM6006: x'))).toEqual(['NRM2202']);
    expect(codes(net('conv(4, kernel: 3  norm  act  // allow NRM6006: x'))).not.toContain('NRM6103');
  });

  test('what only a pass can find is not said to be allowed in vain', () => {
    expect(codes(net('conv(4, kernel: 3)  norm  act  // allow NRM2951: x'))).toEqual([]);
  });
});

test('an error is not left out', () => {
  expect(codes(net('dens(3)  // allow NRM2003: x'))).toEqual(['NRM2003', 'NRM6102']);
});

test('one network, or one train, of a file', () => {
  const text = `${net(`${dead}  // allow NRM6006: ${reason}`)}
data D { source: idx("d")  fields { image: float32[8, 8, 1]  label: class(3) } }
// allow NRM6004: a test
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 4  epochs: 1 }
`.replace('act  //', 'act  flatten  dense(3)  //');
  const { tree } = parse(text, 'spec.nrm');
  expect(checkNetwork(tree, 'Net').diagnostics).toEqual([]);
  expect(checkTrain(tree, 't').diagnostics).toEqual([]);
  // Under another policy what is allowed may not come up.
  expect(check(tree, { set: ['policy.norm=none'] }).diagnostics).toEqual([]);
});

test('in the file in which it is found, also when that is imported', () => {
  const blocks = (comment: string): string =>
    `block Cell(filters) {\n  conv(filters, kernel: 3, bias: true)  norm${comment}\n}\n`;
  const root =
    'import { Cell } from "./blocks.nrm"\nnetwork Net with P { input image: float32[8, 8, 1]  Cell(4) }\npolicy P { norm: batch }\n';
  const found = (text: string, imported: string): readonly string[] => {
    const host: Host = { read: (path) => (path.endsWith('blocks.nrm') ? { text: imported } : 'missing') };
    return check(loadProgram(parse(text, 'net.nrm').tree, text, host)).diagnostics.map((d) => d.code);
  };
  expect(found(root, blocks(''))).toEqual(['NRM6006']);
  expect(found(root, blocks('  // allow NRM6006: on purpose'))).toEqual([]);
  expect(found(root, blocks('  // allow NRM6006'))).toEqual(['NRM6006', 'NRM6101']);
  // The place is in the block, not where it is used.
  expect(found(root.replace('network', '// allow NRM6006: on purpose\nnetwork'), blocks(''))).toEqual([
    'NRM6006',
    'NRM6103',
  ]);
  // At an import it is about the file that comes through it.
  expect(found(`// allow NRM6006: not ours\n${root}`, blocks(''))).toEqual([]);
  expect(found(root.replace('\n', '  // allow NRM6006: not ours\n'), blocks(''))).toEqual([]);
  expect(found(`// allow NRM6001: not ours\n${root}`, blocks(''))).toEqual(['NRM6006', 'NRM6103']);
});

test('at an import it is also about what that file imports', () => {
  const inner = 'block Cell(filters) { conv(filters, kernel: 3, bias: true)  norm }\n';
  const outer = 'import { Cell } from "./inner.nrm"\nblock Two(filters) { Cell(filters)  Cell(filters) }\n';
  const text = `// allow NRM6006: not ours
import { Two } from "./outer.nrm"
network Net with P { input image: float32[8, 8, 1]  Two(4) }
policy P { norm: batch }
`;
  const host: Host = { read: (path) => ({ text: path.endsWith('inner.nrm') ? inner : outer }) };
  expect(check(loadProgram(parse(text, 'net.nrm').tree, text, host)).diagnostics).toEqual([]);
});
