/** The cascade: kind of the last name, then brackets and ancestors, then order; pins above all. */
import { describe, expect, test } from 'vitest';
import { codes, model, provenance, spec, spoken, weight } from './support.ts';

const body = `
  stem: { conv(4, kernel: 3)  norm  act  conv(4, kernel: 1)  end: norm }
  conv(8, kernel: 3)  norm  act
  flatten
  dense(16)  act
  classifier: dense(5)
`;
const base = 'norm: batch  act: relu';
const under = (policy: string) => model(spec(body, `${base}  ${policy}`), 'Net');
const decayOf = (policy: string, name: string) => weight(under(policy), name).decay?.amount ?? null;

describe('specificity', () => {
  /** weaker rule, stronger rule, a weight that both reach */
  const table: readonly (readonly [string, string, string])[] = [
    ['dense', 'classifier', 'classifier.kernel'],
    ['conv', 'conv1', 'conv1.kernel'],
    ['stem.conv1', 'stem.conv1.kernel', 'stem.conv1.kernel'],
    ['stem', 'stem.conv1', 'stem.conv1.kernel'],
    ['conv', 'conv[first]', 'stem.conv1.kernel'],
    ['conv[first]', 'stem', 'stem.conv1.kernel'],
    ['conv[kernel: 1]', 'stem conv[kernel: 1]', 'stem.conv2.kernel'],
    ['classifier', 'kernel', 'classifier.kernel'],
    ['kernel', 'dense.kernel', 'classifier.kernel'],
    ['dense.kernel', 'dense.kernel[last]', 'classifier.kernel'],
    ['stem[first] conv[first]', 'stem conv1', 'stem.conv1.kernel'],
  ];
  test.each(table)('`%s` loses to `%s`, in either order', (weaker, stronger, name) => {
    const [a, b] = [`${weaker} { decay: 0.1 }`, `${stronger} { decay: 0.2 }`];
    expect(decayOf(`${a}  ${b}`, name)).toBe(0.2);
    expect(decayOf(`${b}  ${a}`, name)).toBe(0.2);
  });

  test('among equals the later one wins', () => {
    expect(decayOf('conv { decay: 0.1 }  conv { decay: 0.2 }', 'conv1.kernel')).toBe(0.2);
    expect(decayOf('conv[first] { decay: 0.1 }  stem conv { decay: 0.2 }', 'stem.conv1.kernel')).toBe(0.2);
  });
});

describe('blocks', () => {
  const text = (policy: string) => `
    block Residual(filters) { conv(filters, kernel: 3)  norm  act }
    network Net with P {
      input image: float32[8, 8, 3]
      stem: { Residual(4)  Residual(4) }
      exit: Residual(5)
      repeat 2 { Residual(4)  side: conv(4, kernel: 1) }
    }
    policy P { norm: batch  act: relu  ${policy} }`;
  const reach = (selector: string): readonly string[] =>
    model(text(`${selector} { decay: 0.1 }`), 'Net').layers.flatMap((l) =>
      l.weights.filter((w) => w.decay !== null).map((w) => w.name),
    );
  test.each([
    ['Residual[first] conv', ['stem.Residual1.conv1.kernel']],
    ['Residual1', ['stem.Residual1.conv1.kernel']],
    ['stem Residual[last]', ['stem.Residual2.conv1.kernel']],
    ['exit', ['exit.conv1.kernel']],
    ['exit.conv1', ['exit.conv1.kernel']],
    ['Residual[filters: 5] conv', ['exit.conv1.kernel']],
    ['side', ['side1.kernel', 'side2.kernel']],
    ['side2', ['side2.kernel']],
    ['conv[not Residual]', ['side1.kernel', 'side2.kernel']],
    ['Residual[not stem][2] conv.kernel', ['Residual2.conv1.kernel']],
  ] as const)('%s', (selector, found) => {
    expect(reach(selector)).toEqual(found);
  });

  test.each([
    ['conv', 'Residual', 'exit.conv1.kernel'],
    ['stem conv[first]', 'Residual', 'stem.Residual1.conv1.kernel'],
    ['Residual', 'exit', 'exit.conv1.kernel'],
    ['stem Residual[first]', 'stem', 'stem.Residual1.conv1.kernel'],
    ['Residual', 'Residual1', 'stem.Residual1.conv1.kernel'],
    ['Residual1', 'kernel', 'stem.Residual1.conv1.kernel'],
  ])('`%s` loses to `%s`, in either order', (weaker, stronger, name) => {
    const [a, b] = [`${weaker} { decay: 0.1 }`, `${stronger} { decay: 0.2 }`];
    for (const policy of [`${a} ${b}`, `${b} ${a}`])
      expect(weight(model(text(policy), 'Net'), name).decay?.amount).toBe(0.2);
  });
});

describe('selectors', () => {
  const reach = (selector: string): readonly string[] =>
    under(`${selector} { decay: 0.1 }`).layers.flatMap((l) =>
      l.weights.filter((w) => w.decay !== null).map((w) => w.name),
    );
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['conv', ['stem.conv1.kernel', 'stem.conv2.kernel', 'conv1.kernel']],
    ['conv, classifier', ['stem.conv1.kernel', 'stem.conv2.kernel', 'conv1.kernel', 'classifier.kernel']],
    ['conv1', ['stem.conv1.kernel', 'conv1.kernel']],
    ['stem.conv1', ['stem.conv1.kernel']],
    ['stem conv', ['stem.conv1.kernel', 'stem.conv2.kernel']],
    ['stem', ['stem.conv1.kernel', 'stem.conv2.kernel']],
    ['conv[first]', ['stem.conv1.kernel']],
    ['conv[last]', ['conv1.kernel']],
    ['conv[2]', ['stem.conv2.kernel']],
    ['stem conv[last]', ['stem.conv2.kernel']],
    ['conv[kernel: 3]', ['stem.conv1.kernel', 'conv1.kernel']],
    ['conv[kernel: [1, 1]]', ['stem.conv2.kernel']],
    ['conv[kernel: 3][last]', ['conv1.kernel']],
    ['conv[not stem]', ['conv1.kernel']],
    ['dense[not classifier]', ['dense1.kernel']],
    ['norm.gamma', ['stem.norm1.gamma', 'stem.end.gamma', 'norm1.gamma']],
    ['end.gamma', ['stem.end.gamma']],
    ['gamma[last]', ['norm1.gamma']],
    ['bias', ['dense1.bias', 'classifier.bias']],
    ['dense.bias[first]', ['dense1.bias']],
  ];
  test.each(table)('%s', (selector, found) => {
    expect(reach(selector)).toEqual(found);
  });
});

describe('settings', () => {
  test('decay and penalty on a layer mean its kernel; init too', () => {
    const built = under('dense { decay: 0.1  penalty: l1(0.2)  init: ones }');
    const kernel = weight(built, 'classifier.kernel');
    const bias = weight(built, 'classifier.bias');
    expect([kernel.decay, kernel.penalties.map((p) => p.args), kernel.init]).toEqual([
      { amount: 0.1, per: 'rate' },
      [{ lambda: 0.2 }],
      { kind: 'ones', attrs: {} },
    ]);
    expect([bias.decay, bias.penalties, bias.init]).toEqual([null, [], { kind: 'zeros', attrs: {} }]);
  });

  test('none resets', () => {
    expect(decayOf('dense { decay: 0.1 }  classifier { decay: none }', 'classifier.kernel')).toBeNull();
  });

  test('decoupled decay per step', () => {
    expect(weight(under('dense { decay: decoupled(0.02, per: step) }'), 'classifier.kernel').decay).toEqual({
      amount: 0.02,
      per: 'step',
    });
  });

  test('a fan is known to an initial value', () => {
    expect(weight(under('conv { init: kaiming }'), 'stem.conv1.kernel').init).toEqual({
      kind: 'kaiming_normal',
      attrs: { fan: 27 },
    });
  });

  test('a rule may fill slots: of what it selects, and inside of it', () => {
    const names = (policy: string) => under(policy).layers.map((l) => `${l.path}=${l.def.name}`);
    expect(names('stem { norm: none  act: tanh }')).toContain('stem.act1=tanh');
    expect(names('stem { norm: none }').filter((n) => n.includes('batch'))).toEqual(['norm1=batch']);
    expect(names('norm[last] { norm: none }').filter((n) => n.includes('batch'))).toEqual([
      'stem.norm1=batch',
      'stem.end=batch',
    ]);
  });

  test('clipping', () => {
    expect(under('gradient { clip: global_norm(2) }').sections.gradient.clip?.args).toEqual({ norm: 2 });
  });
});

describe('provenance', () => {
  test('the winner, then the losers, strongest first', () => {
    const built = under('conv { decay: 0.1 }  conv[first] { decay: 0.2 }  stem { decay: 0.3 }');
    expect(provenance(built, 'stem.conv1', 'decay', 'kernel')).toBe(
      '0.3 by policy P: stem over 0.2 by policy P: conv[first] over 0.1 by policy P: conv',
    );
    expect(provenance(built, 'stem.norm1', 'norm', null)).toBe('batch by policy P');
    expect(provenance(built, 'stem.conv1', 'init', 'kernel')).toBe('glorot by default of conv');
  });

  test('a pin beats all, and says what lost', () => {
    const built = model(spec('conv(4, kernel: 3)  act(gelu)  act', 'act: relu  conv { decay: 0.1 }'), 'Net');
    expect(built.layers.map((l) => l.def.name)).toEqual(['conv', 'gelu', 'relu']);
    expect(provenance(built, 'act1', 'act', null)).toBe('gelu by pinned in the network over relu by policy P');
  });

  test('the base comes before what extends it', () => {
    const text = `${spec('conv(4, kernel: 3)  norm  act', 'act: relu  conv { decay: 0.1 }')} policy Q(rate = 0.2) extends P { norm: batch  act: tanh  conv { decay: rate } } policy R extends Q(rate: 0.3) { }`;
    expect(provenance(model(text, 'Net', 'Q'), 'act1', 'act', null)).toBe('tanh by policy Q over relu by policy P');
    expect(provenance(model(text, 'Net', 'R'), 'conv1', 'decay', 'kernel')).toBe(
      '0.3 by policy Q: conv over 0.1 by policy P: conv',
    );
  });
});

describe('what does nothing', () => {
  test('each selector of a list counts by itself', () => {
    expect(codes(spec(body, `${base}  conv, maxpool { decay: 0.1 }`))).toEqual(['NRM3003']);
    expect(codes(spec(body, `${base}  conv, maxpool? { decay: 0.1 }`))).toEqual([]);
  });

  test('`?` anywhere lets the whole selector find nothing', () => {
    expect(codes(spec(body, `${base}  Residual? end.gamma { init: zeros }`))).toEqual([]);
    expect(codes(spec(body, `${base}  Residual end.gamma { init: zeros }`))).toEqual(['NRM3003']);
    expect(codes(spec(body, `${base}  drop?: dropout(drop: 0.5)`))).toEqual([]);
    expect(codes(spec(body, `${base}  drop: dropout(drop: 0.5)`))).toEqual(['NRM3004']);
  });

  test('the weights of a slot that is not filled', () => {
    expect(spoken(spec('conv(4, kernel: 3)  norm  act', 'act: relu  norm.gamma { init: zeros }'))).toEqual([
      'NRM3003 `norm.gamma` finds nothing in network `Net`: nothing there is called `gamma` | norm.gamma | Net',
    ]);
  });

  test('a dot where a space is meant', () => {
    const [found] = spoken(spec(body, `${base}  stem.kernel { decay: 0.1 }`));
    expect(found).toBe('NRM3003 `stem.kernel` finds nothing in network `Net` | stem.kernel | Net');
  });

  test('in brackets', () => {
    expect(codes(spec(body, `${base}  conv[9] { decay: 0.1 }`))).toEqual(['NRM3003']);
    expect(codes(spec(body, `${base}  conv[not clasifier] { decay: 0.1 }`))).toEqual(['NRM3003']);
    expect(codes(spec(body, `${base}  conv[kernel: 7] { decay: 0.1 }`))).toEqual(['NRM3003']);
  });

  test('rates of zero', () => {
    for (const setting of ['decay: 0', 'decay: decoupled(0)', 'penalty: l2(0)', 'penalty: l1_l2(0, 0)']) {
      expect(codes(spec(body, `${base}  conv { ${setting} }`))).toEqual(['NRM3005']);
    }
    expect(codes(spec('dense(3)  drop', 'drop: dropout(drop: 0)'))).toContain('NRM3005');
    expect(codes(spec('dense(3)  drop', 'drop: dropout(keep: 1)'))).toContain('NRM3005');
  });

  test('what nobody uses is judged without a network', () => {
    const text = `${spec('conv(4, kernel: 3)', '')} policy Q(rate) { conv { decay: rate  initt: ones }  whatever { decay: 0.1 } }`;
    expect(codes(text)).toEqual(['NRM3001']);
  });

  test('a mistake in the network hides what a policy would not find in it', () => {
    expect(codes(spec('cnov(4, kernel: 3)  act', 'act: relu  conv { decay: 0.1 }'))).toEqual(['NRM2003']);
  });
});
