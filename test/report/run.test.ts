/** The page of a run: one well-formed file that says what there is; what is read of a history; what stands out inside. */
import { describe, expect, test } from 'vitest';
import * as tokens from '../../src/parser/tokens.ts';
import { findingsOf, insideText, type RunResults, readHistory, runPage } from '../../src/report/run/index.ts';
import { all, type Element, read } from '../picture/xml.ts';
import { historyOf, looked, madeUpRun } from './made-up-run.ts';

const whole = (html: string): Element => read(html.slice(html.indexOf('\n')).trim());
const named = (root: Element, name: string): readonly Element[] => all(root).filter((e) => e.name === name);
const textOf = (e: Element): string => e.text + e.children.map(textOf).join(' ');
const said = (results: RunResults): string => textOf(whole(runPage(results))).replaceAll(/\s+/g, ' ');
const titles = (root: Element): readonly string[] => named(root, 'h2').map((e) => e.text);
const charts = (root: Element): readonly string[] =>
  named(root, 'svg').flatMap((svg) => svg.attributes['aria-label'] ?? []);

describe('the page of a finished run', () => {
  const html = runPage(madeUpRun());
  const root = whole(html);

  test('is one well-formed file that asks for nothing', () => {
    expect(html.startsWith('<!DOCTYPE html>\n')).toBe(true);
    expect(named(root, 'script')).toEqual([]);
    expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|url\(|@import|src=/);
    expect(html).toContain('prefers-color-scheme:dark');
  });

  test('has a part for each thing there is', () => {
    expect(titles(root)).toEqual([
      'Result',
      'Training',
      'Mistakes',
      'Inside the network',
      'Network',
      'Spec, with every default written out',
      'The run',
    ]);
    expect(charts(root)).toEqual([
      'loss over epochs',
      'validation accuracy over epochs',
      'validation mean absolute error over epochs',
      'learning rate over epochs',
      'penalties, apart from the loss over epochs',
      'classes and what they were taken for',
      'dead units by layer and update',
      'saturated values by layer and update',
      'spread of values (standard deviation) by layer and update',
      'size of the gradient with respect to them (norm) by layer and update',
      'how far the last update moved each kernel, as a share of it by layer and update',
    ]);
  });

  test('says what it is worth, and which mistakes are the most frequent', () => {
    const text = textOf(root);
    for (const part of ['87.00%', '66.67%', '0.3000', 'On 100 samples', '5 epochs', 'dense, <odd> & "quoted"'])
      expect(text).toContain(part);
    const [first] = named(root, 'tbody').flatMap((body) => named(body, 'tr'));
    expect(named(first ?? root, 'td').map((e) => e.text)).toEqual(['1', '0', '5', '13% of class 1']);
  });

  test('has the metrics of each class side by side', () => {
    const results = madeUpRun();
    const test = results.test && {
      ...results.test,
      byClass: { f1_per_class: [0.25, 1], recall_per_class: [0.5, 0], label_f1_per_class: [0, 1, 0.75] },
    };
    const rows = named(whole(runPage({ ...results, test })), 'table').map((t) =>
      named(t, 'tr').map((r) => r.children.map((c) => c.text).join(' ')),
    );
    expect(rows).toContainEqual(['class f1 recall', '0 25.00% 50.00%', '1 100.00% 0.00%']);
    expect(rows).toContainEqual(['class label f1', '0 0.00%', '1 100.00%', '2 75.00%']);
  });

  test('has the spec as it is, in colours', () => {
    const code = named(root, 'code').map(textOf).join('');
    for (const part of ['// a comment & <more>', 'train', 'idx(', '"fashion"', '4e-3']) expect(code).toContain(part);
    const looks = named(root, 'span').map((e) => e.attributes.class);
    for (const look of ['comment', 'word', 'key', 'string', 'number']) expect(looks).toContain(`nrm-${look}`);
  });

  test('words of the language are known, also as keys and as parts of names', () => {
    const reserved = Object.values(tokens).flatMap((token) =>
      'PATTERN' in token && typeof token.PATTERN === 'string' && /^[a-z]+$/.test(token.PATTERN) ? [token.PATTERN] : [],
    );
    expect(reserved.length).toBeGreaterThan(30);
    const names = ['layer', 'loss', 'first', 'last', 'true', 'false'];
    const look = (spec: string): readonly string[] =>
      named(whole(runPage(madeUpRun({ spec, history: historyOf(0, 0) }))), 'span').flatMap((e) =>
        e.attributes.class?.startsWith('nrm-') ? [`${e.attributes.class.slice(4)} ${e.text}`] : [],
      );
    const known = reserved.filter((word) => !names.includes(word));
    expect(look(known.join('\n'))).toEqual(known.map((word) => `word ${word}`));
    expect(look('data: x  train1  my.train  train : y')).toEqual(['key data', 'key train']);
  });

  test('has no number that arithmetic made long', () => {
    expect(html.replaceAll(/<path[^>]*>/g, '')).not.toMatch(/\d\.\d{7,}/);
  });

  test('is the same each time', () => {
    expect(runPage(madeUpRun())).toBe(html);
  });
});

describe('a run that is not finished', () => {
  test('was interrupted: says so, and shows the last epoch', () => {
    const text = said(madeUpRun({ status: 'interrupted', test: null, history: historyOf(2, 20) }));
    expect(text).toContain('This run was interrupted after 2 epochs of 5');
    expect(text).toContain('training loss');
    expect(text).toContain('validation accuracy');
  });

  test('failed before its first epoch was over', () => {
    const history = { epochs: [], updates: [], inspections: [], confusion: {} };
    const results = madeUpRun({
      status: 'failed',
      why: 'NRM5101: <NaN>',
      test: null,
      history,
      notes: [],
      picture: null,
    });
    expect(said(results)).toContain('This run failed before its first epoch was over');
    expect(said(results)).toContain('NRM5101: <NaN>');
    expect(said(results)).toContain('Nothing was measured yet.');
    expect(titles(whole(runPage(results)))).toEqual(['Result', 'Spec, with every default written out', 'The run']);
  });
});

test('nothing about the inside of a run that was not looked into', () => {
  const root = whole(runPage(madeUpRun({ history: historyOf(3, 5) })));
  expect(titles(root)).not.toContain('Inside the network');
});

test('a run of many epochs, updates, layers and classes is still a page', () => {
  const names = Array.from({ length: 160 }, (_, i) => `stage${i % 4}.Residual${i}.act1`);
  const layers = Object.fromEntries(names.map((name) => [name, { dead: 0.1 }]));
  const inspections = Array.from({ length: 120 }, (_, i) => looked(i * 100, layers));
  const confusion = {
    label: Array.from({ length: 150 }, (_, i) => Array.from({ length: 150 }, (_, j) => (i + j) % 7)),
  };
  const html = runPage(madeUpRun({ history: { ...historyOf(120, 60, inspections), confusion } }));
  expect(html.length).toBeLessThan(1.5e6);
  const rows = named(whole(html), 'svg').filter((svg) => svg.attributes['aria-label']?.startsWith('dead units'));
  expect(rows.flatMap((svg) => named(svg, 'rect')).length).toBeLessThanOrEqual(40 * 24);
});

describe('a history', () => {
  const line = (entry: object): string => `${JSON.stringify(entry)}\n`;

  test('is read line by line, without the one that was left unfinished', () => {
    const text = [
      line({ kind: 'update', epoch: 1, update: 5, loss: 2, penalty: 0, rate: 0.1 }),
      line({
        kind: 'epoch',
        epoch: 1,
        update: 10,
        loss: 1,
        penalty: 0.5,
        seconds: 2,
        validationLoss: 3,
        validationAccuracy: 0.5,
      }),
      line({ kind: 'update', epoch: 2, update: 15, loss: 1 }),
      line({
        kind: 'test',
        confusion: {
          label: [
            [1, 0],
            [0, 1],
          ],
          other: [[1, 2]],
        },
      }),
      '{"kind":"epoch","epoch":2,"upd',
    ].join('');
    const { epochs, updates, confusion } = readHistory(text);
    expect(updates.map((u) => [u.at, u.update])).toEqual([
      [0.5, 5],
      [1.5, 15],
    ]);
    expect(epochs).toMatchObject([{ at: 1, validation: { loss: 3, accuracy: 0.5 }, penalty: 0.5, seconds: 2 }]);
    expect(confusion).toEqual({
      label: [
        [1, 0],
        [0, 1],
      ],
    });
  });

  test('counts epochs on where a phase follows another', () => {
    const epoch = (phase: object, n: number): string => line({ kind: 'epoch', ...phase, epoch: n, update: n, loss: 1 });
    const text = epoch({}, 1) + epoch({}, 2) + epoch({ phase: 'retrain' }, 1) + epoch({ phase: 'retrain' }, 2);
    expect(readHistory(text).epochs.map((e) => e.at)).toEqual([1, 2, 3, 4]);
  });
});

describe('what stands out', () => {
  const texts = (point: Parameters<typeof findingsOf>[0]): readonly string[] => findingsOf(point).map((f) => f.text);

  test('nothing in a healthy network', () => {
    expect(texts(looked(0, { a: {}, act: { dead: 0.1, saturated: 0.2 }, b: {} }, { 'a.kernel': 0.01 }))).toEqual([]);
  });

  test.each([
    ['dead', looked(0, { act: { dead: 0.5 } }), 'act: 4 of 8 units are dead: no slope for any of the 64 samples'],
    ['saturated', looked(0, { act: { saturated: 0.6 } }), 'act: 60% of its values are saturated'],
    ['gradient', looked(0, { a: { norm: 1e-5 }, b: { norm: 1 } }), 'the gradient vanishes: from 1 at b to 1e-5 at a'],
    ['gradient', looked(0, { a: { norm: 5e3 }, b: { norm: 1 } }), 'the gradient explodes: from 1 at b to 5,000 at a'],
    ['gradient', looked(0, { a: { norm: 0 }, b: { norm: 1 } }), 'no gradient reaches a'],
    [
      'spread',
      looked(0, { a: { std: 1 }, b: { std: 1e-4 } }),
      'the values vanish: their spread goes from 1 at a to 1e-4 at b',
    ],
    [
      'spread',
      looked(0, { a: { std: 1 }, b: { std: 2e4 } }),
      'the values explode: their spread goes from 1 at a to 20,000 at b',
    ],
    [
      'update',
      looked(1, { a: {} }, { 'a.kernel': 0.5, 'a.bias': 0.5 }),
      'the last update moved a.kernel by 50% of its size: a large step',
    ],
    ['not finite', looked(1, { a: {}, b: { mean: null, std: null } }), 'b gives values that are not finite'],
  ] as const)('%s', (what, point, text) => {
    expect(findingsOf(point)).toEqual([expect.objectContaining({ what, text })]);
  });
});

test('a short table for a terminal, from the start to the end', () => {
  const layers = (dead: number) => ({ conv1: {}, act1: { dead }, flatten1: {}, dense1: {} });
  expect(insideText([looked(0, layers(0)), looked(50, layers(0.25))])).toEqual([
    'inside  dead      spread  gradient',
    'conv1             0.33    0.33',
    'act1    0% → 25%  0.33    0.33',
    'dense1            0.33    0.33',
  ]);
  expect(insideText([])).toEqual([]);
});
