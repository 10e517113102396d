/** Networks of any shape: what bars, blocks, loops, names of values and second applications come to. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostLevels, mostSteps } from '../../src/check/expand/here.ts';
import type { Model, Source } from '../../src/check/model.ts';
import { codes, diagnose, model, spoken } from './support.ts';

const spokenHelp = (text: string): readonly (string | null)[] => diagnose(text).map((d) => d.help);

const from = (s: Source): string => (s.kind === 'input' ? s.name : s.path);

/** `path: op ← sources`, one line a layer. */
const flow = (of: Model): readonly string[] =>
  of.layers.map((l) => `${l.path}: ${l.def.name} ← ${l.sources.map(from).join(', ')}`);

const net = (body: string, before = ''): string =>
  `${before}\nnetwork Net {\n  input image: float32[8, 8, 4]\n  ${body}\n}`;
const built = (body: string, before = ''): Model => model(net(body, before), 'Net');

describe('bars', () => {
  test('each path begins with what arrives; the join takes the last value of each', () => {
    expect(
      flow(built('conv(4, kernel: 3)  sum { | conv(4, kernel: 1) conv(4, kernel: 3) | identity }  flatten')),
    ).toEqual([
      'conv1: conv ← image',
      'conv2: conv ← conv1',
      'conv3: conv ← conv2',
      'sum1: sum ← conv3, conv1',
      'flatten1: flatten ← sum1',
    ]);
  });

  test('joins in joins: the outer one is counted first', () => {
    expect(
      flow(
        built('sum { | concat { | conv(2, kernel: 1) | conv(2, kernel: 3) } | both: sum { | identity | identity } }'),
      ),
    ).toEqual([
      'conv1: conv ← image',
      'conv2: conv ← image',
      'concat1: concat ← conv1, conv2',
      'both: sum ← image, image',
      'sum1: sum ← concat1, both',
    ]);
  });

  test('concat adds channels; mul takes factors for channels', () => {
    const m = built(
      'concat { | identity | conv(3, kernel: 1) }  mul { | identity | global_avgpool dense(channels) act(sigmoid) }',
    );
    expect(m.layers.map((l) => `${l.path} [${l.output.shape.join(', ')}]`)).toEqual([
      'conv1 [N, 8, 8, 3]',
      'concat1 [N, 8, 8, 7]',
      'global_avgpool1 [N, 7]',
      'dense1 [N, 7]',
      'act1 [N, 7]',
      'mul1 [N, 8, 8, 7]',
    ]);
  });

  test('a slot that stays empty hands its value on', () => {
    expect(
      flow(built('conv(4, kernel: 3) norm act  sum { | norm conv(4, kernel: 3) act | identity }  norm  flatten')),
    ).toEqual(['conv1: conv ← image', 'conv2: conv ← conv1', 'sum1: sum ← conv2, conv1', 'flatten1: flatten ← sum1']);
  });

  test.each([
    ['sum { | conv(3, kernel: 1) | identity }', 'NRM2109'],
    ['concat { | maxpool(2) | identity }', 'NRM2109'],
    ['mul { | conv(3, kernel: 1) | identity }', 'NRM2109'],
    ['sum { | conv(4, kernel: 1) }', 'NRM3005'],
    ['choose { | conv(8, kernel: 1) | identity }', 'NRM2110'],
  ])('%s: %s', (body, code) => {
    expect(codes(net(`${body}  flatten`))).toEqual([code]);
  });

  test('choose: every path is checked, the first stands for all', () => {
    const m = built('choose { | conv(4, kernel: 3) | conv(4, kernel: 5) | identity }  flatten');
    expect(m.choices).toHaveLength(1);
    expect(flow(m).at(-1)).toBe('flatten1: flatten ← conv1');
    expect(codes(net('choose { | identity | cnov(4) }  flatten'))).toEqual(['NRM2003']);
  });
});

describe('blocks', () => {
  const unit = 'block Unit(filters = channels, kernel = 3) { conv(filters, kernel: kernel)  act(relu) }';

  test('parameters have defaults, which may use the shape that arrives', () => {
    const m = built('Unit  Unit(6)  end: Unit(kernel: 1)', unit);
    expect(m.layers.map((l) => `${l.path} [${l.output.shape.join(', ')}]`)).toEqual([
      'Unit1.conv1 [N, 8, 8, 4]',
      'Unit1.act1 [N, 8, 8, 4]',
      'Unit2.conv1 [N, 8, 8, 6]',
      'Unit2.act1 [N, 8, 8, 6]',
      'end.conv1 [N, 8, 8, 6]',
      'end.act1 [N, 8, 8, 6]',
    ]);
    expect(m.groups.map((g) => `${g.kind} ${g.path} ${g.word}`)).toEqual([
      'block Unit1 Unit',
      'block Unit2 Unit',
      'block end Unit',
    ]);
  });

  test("a block knows its own parameters, not the network's, and no value's name from outside", () => {
    expect(
      spoken(
        'block B { conv(width2, kernel: 1) }\nnetwork N(width2 = 3) { input x: float32[4, 4, 3]  conv(width2, kernel: 1)  B }',
      ),
    ).toEqual(['NRM2205 `filters` of `conv` takes a whole number from 1, found the word `width2` | width2 | B']);
    expect(codes(net('conv(4, kernel: 1) as skip  B', 'block B { sum { | identity | from skip } }'))).toContain(
      'NRM2017',
    );
  });

  test('a block that nobody uses is read too', () => {
    expect(codes(`block B(filters) { cnov(filters) }\n${net('flatten')}`)).toContain('NRM2003');
  });

  test.each([
    ['Unit(1, 2, 3)', 'NRM2204'],
    ['Unit(filter: 3)', 'NRM2202'],
    ['Unit(0)', 'NRM2205'],
    ['Unti(3)', 'NRM2003'],
    ['Other', 'NRM2003'],
  ])('%s: %s', (body, code) => {
    expect(codes(`${net(`${body}  flatten`, unit)}\nnetwork Other { input x: float32[3]  dense(2) }`)).toEqual([code]);
  });

  test('one mistake in an argument is told once, though two steps read it', () => {
    expect(codes(net('Two(2.5)', 'block Two(n) { conv(n, kernel: 1)  conv(n, kernel: 3) }'))).toEqual(['NRM2205']);
  });

  test('shortcut is nothing where the shape stays, and a 1×1 convolution where it changes', () => {
    expect(flow(built('sum { | conv(4, kernel: 3) | shortcut(4) }'))).toEqual([
      'conv1: conv ← image',
      'sum1: sum ← conv1, image',
    ]);
    expect(flow(built('sum { | conv(6, kernel: 3, stride: 2) | shortcut(6, 2) }'))).toEqual([
      'conv1: conv ← image',
      'shortcut1.conv1: conv ← image',
      'sum1: sum ← conv1, shortcut1.conv1',
    ]);
  });

  test(`a block in itself ends by an \`if\`, or after ${mostLevels} levels`, () => {
    const fractal = (end: string): string => `block F(depth) { conv(4, kernel: 1)  ${end} }`;
    expect(built('F(3)', fractal('if depth > 1 { F(depth - 1) }')).layers.map((l) => l.path)).toEqual([
      'F1.conv1',
      'F1.F1.conv1',
      'F1.F1.F1.conv1',
    ]);
    expect(codes(net('F(3)', fractal('F(depth - 1)')))).toEqual(['NRM2025']);
  });
});

describe('loops and conditions', () => {
  test('a label gets the number of the round; automatic names go on counting', () => {
    expect(
      flow(built('repeat 2 { body: { conv(4, kernel: 3) as x  sum { | identity | from x } }  conv(4, kernel: 1) }')),
    ).toEqual([
      'body1.conv1: conv ← image',
      'body1.sum1: sum ← body1.conv1, body1.conv1',
      'conv1: conv ← body1.sum1',
      'body2.conv1: conv ← conv1',
      'body2.sum1: sum ← body2.conv1, body2.conv1',
      'conv2: conv ← body2.sum1',
    ]);
  });

  test('rows are unpacked; a label before a loop makes a stage of it', () => {
    const m = built('trunk: for [filters, count] in [[4, 1], [6, 2]] { repeat count { conv(filters, kernel: 3) } }');
    expect(m.layers.map((l) => `${l.path} ${l.output.shape.at(-1)}`)).toEqual([
      'trunk.conv1 4',
      'trunk.conv2 6',
      'trunk.conv3 6',
    ]);
  });

  test('only the branch that is taken is there', () => {
    expect(flow(built('if channels == 4 { conv(4, kernel: 3) } else { nothing_known(3) }'))).toEqual([
      'conv1: conv ← image',
    ]);
    expect(flow(built('if channels > 4 { norm } else if height == 8 and width == 8 { flatten } else { act }'))).toEqual(
      ['flatten1: flatten ← image'],
    );
  });

  test.each([
    ['repeat 1.5 { act }', 'NRM2022'],
    ['repeat -1 { act }', 'NRM2022'],
    ['repeat twice { act }', 'NRM2304'],
    ['repeat 0 { act }', 'NRM3005'],
    ['for x in [] { act }', 'NRM3005'],
    ['for x in 3 { act }', 'NRM2022'],
    ['for [a, b] in [[1, 2], [3]] { conv(a, kernel: 1) }', 'NRM2022'],
    ['for [a, b] in [1] { conv(a, kernel: 1) }', 'NRM2022'],
    ['if channels { act }', 'NRM2023'],
    ['if chanels == 4 { act }', 'NRM2304'],
    ['if act == 4 { act }', 'NRM2305'],
    ['if chanels { act }', 'NRM2304'],
    [`repeat ${mostSteps + 1} { conv(4, kernel: 1) }`, 'NRM2024'],
    ['repeat 1000000000 { repeat 1000000000 { } }', 'NRM2024'],
  ])('%s: %s', (body, code) => {
    expect(codes(net(`${body}  flatten`))[0]).toBe(code);
  });
});

describe('names of values', () => {
  test('a value is taken further down, over other steps', () => {
    expect(
      flow(
        built(
          'conv(4, kernel: 3) as skip  conv(4, kernel: 3)  concat { | identity | from skip | from image conv(1, kernel: 1) }',
        ),
      ),
    ).toEqual([
      'conv1: conv ← image',
      'conv2: conv ← conv1',
      'conv3: conv ← image',
      'concat1: concat ← conv2, conv1, conv3',
    ]);
  });

  test.each([
    ['conv(4, kernel: 1) as a  conv(4, kernel: 1) as a  sum { | from a | identity }', 'NRM2007'],
    ['conv(4, kernel: 1) as image', 'NRM2007'],
    ['conv(4, kernel: 1) as a', 'NRM3005'],
    ['repeat 2 { conv(4, kernel: 1) as a  sum { | from a | identity } }  sum { | from a | identity }', 'NRM2017'],
    ['conv(4, kernel: 1)  from image', 'NRM2019'],
    ['name: identity  flatten', 'NRM3005'],
  ])('%s: %s', (body, code) => {
    expect(codes(net(body))[0]).toBe(code);
  });
});

describe('again', () => {
  test('the same weights, other values', () => {
    const m = built('encoder: { conv(4, kernel: 3) norm(batch) act(relu) }  again encoder  other: again encoder');
    expect(flow(m)).toEqual([
      'encoder.conv1: conv ← image',
      'encoder.norm1: batch ← encoder.conv1',
      'encoder.act1: relu ← encoder.norm1',
      'again1.conv1: conv ← encoder.act1',
      'again1.norm1: batch ← again1.conv1',
      'again1.act1: relu ← again1.norm1',
      'other.conv1: conv ← again1.act1',
      'other.norm1: batch ← other.conv1',
      'other.act1: relu ← other.norm1',
    ]);
    expect(m.layers.map((l) => l.shares)).toEqual([
      null,
      null,
      null,
      ...Array(2).fill(['encoder.conv1', 'encoder.norm1', 'encoder.act1']).flat(),
    ]);
    expect(m.layers.flatMap((l) => l.weights.map((w) => w.name))).toEqual([
      'encoder.conv1.kernel',
      'encoder.norm1.gamma',
      'encoder.norm1.beta',
      'encoder.norm1.mean',
      'encoder.norm1.variance',
    ]);
  });

  test('what a policy fills in is the same in both; selectors count the first', () => {
    const m = model(
      `${net('unit: { conv(4, kernel: 3) norm }  again unit  conv(4, kernel: 3)')}
      policy P { norm: batch  conv[2] { decay: 0.1 } }`,
      'Net',
      'P',
    );
    expect(m.layers.map((l) => l.def.name)).toEqual(['conv', 'batch', 'conv', 'batch', 'conv']);
    expect(m.layers.flatMap((l) => l.weights.flatMap((w) => (w.decay === null ? [] : [w.name])))).toEqual([
      'conv1.kernel',
    ]);
  });

  test('a bias stays where one of the two applications needs it', () => {
    const bias = (body: string): unknown => built(body).layers[0]?.args.bias;
    expect(bias('unit: conv(4, kernel: 3)  norm(batch)  again unit  norm(batch)')).toBe('false');
    expect(bias('unit: conv(4, kernel: 3)  norm(batch)  again unit  act(relu)')).toBe('true');
  });

  test('the nearest label counts, also from inside of a stage', () => {
    expect(
      flow(built('unit: conv(4, kernel: 3)  outer: { unit: conv(4, kernel: 1)  again unit }  again unit')).slice(2),
    ).toEqual(['outer.again1: conv ← outer.unit', 'again1: conv ← outer.again1']);
  });

  test.each([
    ['again nothing', 'NRM2020'],
    ['conv(4, kernel: 1)  again conv', 'NRM2020'],
    ['unit: conv(8, kernel: 3)  again unit', 'NRM2026'],
    ['unit: { shortcut(8) }  again unit', 'NRM2021'],
  ])('%s: %s', (body, code) => {
    expect(codes(net(`${body}  flatten`))).toContain(code);
  });
});

describe('inputs and outputs', () => {
  const two = (body: string): string => `network Net { input a: float32[4, 4, 1]  input b: float32[6]  ${body} }`;

  test('with several inputs each path says where it begins', () => {
    const m = model(
      two(
        'from a  flatten dense(3) as x  from b  dense(3) as y  concat { | from x | from y }  output label: dense(2)  output size: dense(1)',
      ),
      'Net',
    );
    expect(flow(m)).toEqual([
      'flatten1: flatten ← a',
      'dense1: dense ← flatten1',
      'dense2: dense ← b',
      'concat1: concat ← dense1, dense2',
      'label: dense ← concat1',
      'size: dense ← label',
    ]);
    expect(m.outputs.map((o) => `${o.name} ${from(o.source)}`)).toEqual(['label label', 'size size']);
  });

  test('without `output` the last value is the output', () => {
    expect(built('flatten  dense(3)  act(relu)').outputs.map((o) => `${o.name} ${from(o.source)}`)).toEqual([
      'act1 act1',
    ]);
    expect(built('flatten  classifier: dense(3)  norm').outputs.map((o) => `${o.name} ${from(o.source)}`)).toEqual([
      'norm1 classifier',
    ]);
  });

  test.each([
    [two('flatten'), 'NRM2018'],
    [two('from a flatten  dense(2)'), 'NRM2019'],
    [two('from a  flatten  output x: dense(2)  from b  output x: dense(2)'), 'NRM2007'],
    [net('output x: conv(4, kernel: 1)  flatten'), 'NRM2019'],
    [net('stage: { input y: float32[3]  act }  flatten'), 'NRM2010'],
    [net('conv(4, kernel: 1)  input y: float32[3]'), 'NRM2010'],
    [`block B { input y: float32[3]  act }\n${net('B  flatten')}`, 'NRM2010'],
  ])('%s: %s', (text, code) => {
    expect(codes(text)).toContain(code);
  });

  test('sizes may be names, which shapes carry along', () => {
    const m = model(
      'network Net { input x: float32[H, W, 3]  conv(4, kernel: 3, stride: 2)  concat { | identity | conv(2, kernel: 1) }  global_avgpool  dense(2) }',
      'Net',
    );
    expect(m.layers.map((l) => `[${l.output.shape.join(', ')}]`)).toEqual([
      '[N, ⌈H/2⌉, ⌈W/2⌉, 4]',
      '[N, ⌈H/2⌉, ⌈W/2⌉, 2]',
      '[N, ⌈H/2⌉, ⌈W/2⌉, 6]',
      '[N, 6]',
      '[N, 2]',
    ]);
  });
});

describe('bias: auto', () => {
  const bias = (body: string): readonly string[] => {
    const layer = built(body).layers[0];
    return [String(layer?.args.bias), layer?.biasReason ?? ''];
  };
  test('none before a norm that subtracts the mean', () => {
    expect(bias('conv(4, kernel: 3) norm(batch)')).toEqual(['false', 'no bias: norm1 subtracts the mean']);
  });
  test('one where something else takes the value too', () => {
    expect(bias('conv(4, kernel: 3) as x norm(batch) sum { | identity | from x }')).toEqual([
      'true',
      'bias: sum1 takes the value too, and subtracts no mean',
    ]);
    expect(bias('output x: conv(4, kernel: 3)  output y: norm(batch)')[0]).toBe('true');
  });
});

describe('laws', () => {
  const step = fc.constantFrom('conv(4, kernel: 3)', 'conv(channels, kernel: 1)', 'norm(batch)', 'act(relu)', 'norm');
  const body: fc.Arbitrary<string> = fc.letrec<{ item: string; items: string }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 3 },
      step,
      fc.tuple(tie('items'), tie('items')).map(([a, b]) => `sum { | ${a} | ${b} }`),
      fc.tuple(tie('items'), tie('items')).map(([a, b]) => `mul { | ${a} | identity | ${b} }`),
      tie('items').map((a) => `if channels == 4 { ${a} } else { flatten }`),
    ),
    items: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => items.join('  ')),
  })).items;
  const runs = { seed: 7, numRuns: 60 };

  test('repeat n is writing n times', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: 3 }), (b, n) => {
        expect(flow(built(`repeat ${n} { ${b} }  flatten`))).toEqual(flow(built(`${`${b}  `.repeat(n)}flatten`)));
      }),
      runs,
    );
  });

  test('a block is its body as a stage', () => {
    fc.assert(
      fc.property(body, (b) => {
        expect(flow(built('unit: Unit  flatten', `block Unit { ${b} }`))).toEqual(
          flow(built(`unit: { ${b} }  flatten`)),
        );
      }),
      runs,
    );
  });

  test('for over rows is repeat with the row written in', () => {
    fc.assert(
      fc.property(body, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }), (b, kernels) => {
        const written = kernels.map((k) => `conv(4, kernel: ${k})  ${b}`).join('  ');
        expect(flow(built(`for k in [${kernels.join(', ')}] { conv(4, kernel: k)  ${b} }  flatten`))).toEqual(
          flow(built(`${written}  flatten`)),
        );
      }),
      runs,
    );
  });

  test('names are unique, and every source stands before what takes it', () => {
    fc.assert(
      fc.property(body, (b) => {
        const m = built(`${b}  flatten`);
        const seen = new Set(m.inputs.map((i) => i.name));
        for (const layer of m.layers) {
          expect(layer.sources.filter((s) => !seen.has(from(s)))).toEqual([]);
          expect(seen.has(layer.path)).toBe(false);
          seen.add(layer.path);
        }
      }),
      runs,
    );
  });
});

describe('again within again, and labels of all kinds', () => {
  const fine = (body: string, before = ''): void =>
    expect(codes(net(`${body}  flatten  dense(2)`, before))).toEqual([]);

  test('a stage that repeats a part of its own can be repeated', () => {
    const m = built('enc: { inner: conv(4, kernel: 1)  again inner }  again enc  flatten');
    expect(m.layers.map((l) => `${l.path} ${l.shares}`)).toEqual([
      'enc.inner null',
      'enc.again1 enc.inner',
      'again1.inner enc.inner',
      'again1.again1 enc.inner',
      'flatten1 null',
    ]);
  });

  test('also when something else has that label', () => {
    fine('inner: conv(4, kernel: 3)  enc: { inner: conv(4, kernel: 1)  again inner }  again enc');
    fine('inner: conv(4, kernel: 1)  enc: { conv(4, kernel: 3)  again inner }  again enc');
    fine('a: conv(4, kernel: 1)  b: { again a }  again b  again b');
  });

  test('nothing is repeated within itself', () => {
    expect(codes(net('s: { conv(4, kernel: 1)  again s }  again s  flatten'))).toEqual(['NRM2020']);
    expect(codes(net('a: { conv(4, kernel: 1)  b: { again a } }  again a  flatten'))).toEqual(['NRM2020']);
  });

  test('joins, loops and conditions can be repeated', () => {
    const shares = (body: string) =>
      built(`${body}  flatten`).layers.flatMap((l) => (l.shares === null ? [] : [l.shares]));
    expect(shares('j: sum { | conv(4, kernel: 3) | identity }  again j')).toEqual(['conv1', 'j']);
    expect(shares('g: repeat 2 { conv(4, kernel: 3) }  again g')).toEqual(['g.conv1', 'g.conv2']);
    expect(shares('g: if channels == 4 { conv(4, kernel: 3) }  again g')).toEqual(['g.conv1']);
  });

  test('in a loop the latest round counts', () => {
    expect(built('repeat 2 { e: conv(4, kernel: 3)  again e }  flatten').layers.map((l) => l.shares)).toEqual([
      null,
      'e1',
      null,
      'e2',
      null,
    ]);
  });

  test('a block does not see labels around it', () => {
    expect(codes(net('enc: conv(4, kernel: 1)  B  flatten', 'block B { again enc }'))).toEqual(['NRM2020']);
    fine('b: B  again b', 'block B { a: conv(4, kernel: 1)  again a }');
  });

  test('weights that do not fit are told at `again`', () => {
    expect(spoken(net('enc: conv(8, kernel: 3)\n  again enc\n  flatten'))).toEqual([
      'NRM2026 `again1` would need a `kernel` of [3, 3, 8, 8]; that of `enc` is [3, 3, 4, 8] | again enc | conv(8, kernel: 3)',
    ]);
  });

  test('names that nobody takes, also in rounds and blocks', () => {
    expect(codes(net('repeat 2 { conv(4, kernel: 1) as q }  flatten'))).toEqual(['NRM3005']);
    expect(codes(net('B  flatten', 'block B { conv(4, kernel: 1) as q }'))).toEqual(['NRM3005']);
  });

  test('a recursive block that nobody uses is read once', () => {
    fine('conv(4, kernel: 1)', 'block D(n) { conv(4, kernel: 1)  if n > 1 { D(n - 1)  D(n - 1) } }');
  });

  test('depth has a limit of its own', () => {
    const stages = 'a: { '.repeat(20);
    const deep = `block A(n) { conv(4, kernel: 1)  ${stages}if n > 1 { A(n - 1) }${' }'.repeat(20)} }`;
    expect(codes(net('A(60)  flatten', deep))).toEqual(['NRM2028']);
  });

  test('very many applications take no more than their share of time', () => {
    const m = built('enc: conv(4, kernel: 1)  repeat 20000 { again enc }  flatten');
    expect(m.layers).toHaveLength(20_002);
  });
});

describe('a second application has arguments of its own', () => {
  test('what they come to may not change the weights', () => {
    expect(codes(net('enc: conv(height, kernel: 3)  maxpool(2)  conv(8, kernel: 1)  again enc  flatten'))).toContain(
      'NRM2026',
    );
    expect(
      codes(
        net(
          'enc: { if height > 4 { conv(4, kernel: 3) } else { conv(4, kernel: 1) } }  maxpool(2)  again enc  flatten',
        ),
      ),
    ).toEqual(['NRM2026']);
  });

  test('what has no weights goes by what arrives', () => {
    const m = built('half: maxpool(height / 2)  again half  flatten');
    expect(m.layers.map((l) => l.output.shape.slice(1, 3))).toEqual([[2, 2], [2, 2], [16]]);
    expect(m.layers.map((l) => JSON.stringify(l.args.size))).toEqual(['[4,4]', '[1,1]', undefined]);
  });
});

describe('names of blocks', () => {
  test.each(['norm', 'conv', 'shortcut'])('%s is taken', (name) => {
    expect(codes(net('flatten', `block ${name}(f) { act }`))).toContain('NRM2016');
  });

  test('the name of a value or label as a step', () => {
    expect(spokenHelp(net('conv(4, kernel: 1) as skip  skip  flatten'))).toContain('write `from skip`');
    expect(spokenHelp(net('enc: conv(4, kernel: 1)  enc  flatten'))).toContain('write `again enc`');
  });
});

describe('sizes that only the data know', () => {
  test.each(['height == width', 'height == 8', 'height > 8'])('if %s', (condition) => {
    expect(
      codes(
        `network N { input x: float32[H, W, 3]  if ${condition} { act(relu) }  conv(2, kernel: 1)  global_avgpool  dense(2) }`,
      ),
    ).toEqual(['NRM2306']);
  });
});
