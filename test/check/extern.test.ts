/** Layers of a user's own: what a declaration accepts and gives, where its module lies, and what a resolved spec says of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, checkNetwork, checkTrain, type Found, loadProgram, resolvedSpec } from '../../src/check/index.ts';
import { relativePath, resolvePath } from '../../src/check/paths.ts';
import { compileTrain } from '../../src/compile.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import { ndarray } from '../../src/ir/nd.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, model, spoken, trainOf } from './support.ts';

const net = (declaration: string, input: string, steps: string): string =>
  `extern layer ${declaration} from "./own.ts"\nnetwork Net { input x: ${input}  ${steps} }`;

/** The shape that the last step gives. */
const shapeOf = (declaration: string, input: string, steps: string): readonly (number | string)[] | undefined =>
  model(net(declaration, input, steps), 'Net').layers.at(-1)?.output.shape;

describe('what a declaration gives', () => {
  test.each([
    ['own(x: float32[...S, C]) -> float32[...S, C]', 'float32[5, 6, 7]', 'own', ['N', 5, 6, 7]],
    ['own(x: float32[...S]) -> float32[...S]', 'float32[7]', 'own', ['N', 7]],
    ['own(x: float32[...S, C]) -> float32[...S, C / 2]', 'float32[5, 6, 8]', 'own', ['N', 5, 6, 4]],
    ['own(x: float32[...S, C]) -> float32[C, ...S]', 'float32[5, 6, 8]', 'own', ['N', 8, 5, 6]],
    ['own(x: float32[H, ...S]) -> float32[...S, 2 * H]', 'float32[5, 6, 8]', 'own', ['N', 6, 8, 10]],
    ['own(x: float32[H, ...S, C]) -> float32[...S]', 'float32[5, 6, 7, 8]', 'own', ['N', 6, 7]],
    ['own(x: float32[H, W, C]) -> float32[]', 'float32[5, 6, 7]', 'own', ['N']],
    ['own(x: float32[H, W, C]) -> float32[H * W * C]', 'float32[5, 6, 7]', 'own', ['N', 210]],
    [
      'own(x: float32[H, W, C], by = 2) -> float32[H - 2 * by, W - 2 * by, C]',
      'float32[9, 8, 1]',
      'own(by: 3)',
      ['N', 3, 2, 1],
    ],
    ['own(x: float32[...S, C], K) -> float32[...S, K]', 'float32[9, 8, 1]', 'own(12)', ['N', 9, 8, 12]],
    ['own(x: float32[...S, C], width = 0.5) -> float32[...S, width * C]', 'float32[9, 8, 6]', 'own', ['N', 9, 8, 3]],
    ['own(x: float32[...S, C], width = 0.1) -> float32[...S, C * width]', 'float32[30]', 'own', ['N', 3]],
    ['own(x: float32[...S, C / 1]) -> float32[...S, C]'.replace(' / 1', ''), 'float32[T, 4]', 'own', ['N', 'T', 4]],
    ['own(x: float32[H, W, C]) -> float32[2 * H, W + 1, C]', 'float32[H, W, 4]', 'own', ['N', 'H·2', 'W+1', 4]],
    ['own(x: float32[size, C], size = 5) -> float32[C, size]', 'float32[5, 4]', 'own', ['N', 4, 5]],
    ['own(x: int32[T], classes = 9) -> float32[T, classes]', 'int32[6]', 'own', ['N', 6, 9]],
  ])('%s of %s by `%s`', (declaration, input, steps, shape) => {
    expect(shapeOf(declaration, input, steps)).toEqual(shape);
  });

  test('any shape goes through `...S, C` as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom('H', 'W', 'T')), {
          minLength: 1,
          maxLength: 4,
        }),
        (sizes) => {
          const declaration = 'own(x: float32[...S, C]) -> float32[...S, C]';
          expect(shapeOf(declaration, `float32[${sizes.join(', ')}]`, 'own')).toEqual(['N', ...sizes]);
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  test('arithmetic of sizes is that of numbers, or an error', () => {
    const expression = fc.letrec<{ e: string }>((tie) => ({
      e: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('A', 'B', '1', '2', '3'),
        fc.tuple(tie('e'), fc.constantFrom('+', '-', '*', '/'), tie('e')).map(([a, o, b]) => `(${a} ${o} ${b})`),
      ),
    })).e;
    fc.assert(
      fc.property(expression, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (e, a, b) => {
        const text = net(`own(x: float32[A, B]) -> float32[${e}]`, `float32[${a}, ${b}]`, 'own');
        // The same four operations, by JavaScript.
        const value = Number(new Function('A', 'B', `return ${e};`)(a, b));
        const whole = Math.abs(value - Math.round(value)) < 1e-9 && Math.round(value) >= 1;
        if (whole && value < 2 ** 31)
          expect(model(text, 'Net').layers.at(-1)?.output.shape).toEqual(['N', Math.round(value)]);
        else expect(codes(text)).toHaveLength(1);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  test.each([
    [
      'own(x: float32[...S, C]) -> float32[...S, C]',
      'int32[5]',
      'own',
      'expects float32[N, ...S, C], found int32[N, 5]',
    ],
    [
      'own(x: float32[H, W, C]) -> float32[H, W, C]',
      'float32[5]',
      'own',
      'expects float32[N, H, W, C], found float32[N, 5]',
    ],
    [
      'own(x: float32[H, ...S, C]) -> float32[H]',
      'float32[5]',
      'own',
      'expects float32[N, H, ...S, C], found float32[N, 5]',
    ],
    ['own(x: float32[D, D]) -> float32[D]', 'float32[5, T]', 'own', 'expects float32[N, D, D], found float32[N, 5, T]'],
    [
      'own(x: float32[size], size = 4) -> float32[1]',
      'float32[5]',
      'own',
      'expects float32[N, size], found float32[N, 5]',
    ],
    ['own(x: float32[H]) -> float32[H / 2]', 'float32[T]', 'own', '`H / 2` of its result is not known to be whole'],
    ['own(x: float32[H], by = 0) -> float32[H / by]', 'float32[4]', 'own', '`H / by` of its result is Infinity'],
    ['own(x: float32[H], by) -> float32[H / by]', 'float32[4]', 'own(by: up)', '`H / by` of its result is NaN'],
    ['own(x: float32[A, B]) -> float32[A * A * B]', 'float32[40000, 40]', 'own', 'more than a tensor holds'],
  ])('%s does not take %s by `%s`', (declaration, input, steps, says) => {
    expect(spoken(net(declaration, input, steps)).join('\n')).toContain(says);
  });
});

describe('in graphs', () => {
  const text = `
extern layer gate(x: float32[...S, C], rate = 0.5, mode = soft, on = true) -> float32[...S, C / 2] from "./gate.ts"
network Net with P { input image: float32[8, 8, 1]  conv(4, kernel: 3)  norm  gate  drop  conv(4, kernel: 3)  norm  gate(mode: hard)  flatten  dense(3) }
policy P { norm: batch  drop: dropout(keep: 0.5, form: standard) }
data D { source: idx("d")  fields { image: float32[8, 8, 1]  label: class(3) } }
train net { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 4  epochs: 1  seed: 1 }
`;
  const compiled = compileTrain(trainOf(text, 'net'));
  const { frozen, graphs } = compiled;
  const programs = [compiled.step.graph, compiled.inspect.graph, compiled.evaluate.graph, graphs.predict, graphs.model];

  test('prints, parses back and keeps the law', () => {
    for (const graph of programs) {
      expect(parseGraph(printGraph(graph))).toEqual(graph);
      expect(verifyGraph(graph)).toEqual([]);
    }
    const second = '{name="gate" module="./gate.ts" args=[["rate",0.5],["mode","hard"],["on",true]] shape=[8,8,2]}';
    expect(printGraph(compiled.step.graph)).toContain(`extern %norm2 ${second}`);
    expect(printGraph(frozen.predict.graph)).toContain(`extern %conv2 ${second}`);
  });

  test('is differentiated by its own rule, from x and y', () => {
    const grads = compiled.step.graph.nodes.filter((n) => n.op === 'externGrad');
    expect(grads.map((n) => n.operands)).toEqual([
      ['%d.gate2', '%norm2', '%gate2'],
      ['%d.gate1', '%norm1', '%gate1'],
    ]);
  });

  test('passes do not look into it', () => {
    // Dropout's factor does not move through it, a norm behind it is not folded.
    const inverted = (steps: string) =>
      compileTrain(trainOf(text.replace('norm  gate  drop  conv', steps), 'net')).notes.find(
        (n) => n.pass.name === 'invert-dropout',
      );
    expect(inverted('norm  gate  drop  conv')?.rewrites).toHaveLength(1);
    const before = inverted('norm  drop  gate  conv');
    expect(before?.rewrites).toEqual([]);
    expect(before?.refused.map((r) => r.text).join()).toContain('gate1 (extern)');
    const around = text.replace('conv(4, kernel: 3)  norm  gate  drop', 'conv(4, kernel: 3)  gate  norm  drop');
    const folded = compileTrain(trainOf(around, 'net')).notes.filter((n) => n.pass.name === 'fold-batchnorm');
    expect(folded.flatMap((n) => n.rewrites.map((r) => r.layer))).toEqual(['norm2']);
  });

  test('equal calls are made once', () => {
    const twice = text
      .replace(
        /network Net[^\n]*/,
        'network Net with P { input image: float32[8, 8, 2]  conv(4, kernel: 3) norm as x  sum { | gate | from x gate(0.5) } drop  flatten  dense(3) }',
      )
      .replace('8, 8, 1]', '8, 8, 2]');
    const step = compileTrain(trainOf(twice.replaceAll('float32[8, 8, 1]', 'float32[8, 8, 2]'), 'net')).step.graph;
    expect(step.nodes.filter((n) => n.op === 'extern')).toHaveLength(1);
  });

  test('is refused by float64 evaluation, in plain words', () => {
    const alone = text.replace(/conv.*flatten/, 'conv(4, kernel: 3)  gate  drop  flatten').replace('norm: batch  ', '');
    const { evaluate } = compileTrain(trainOf(alone, 'net'));
    const storage = new Map(
      evaluate.graph.storage.map((s) => [
        s.ref,
        ndarray(s.type.shape.map(Number), new Array(s.type.shape.reduce<number>((n, d) => n * Number(d), 1)).fill(0)),
      ]),
    );
    const image = ndarray([1, 8, 8, 1], new Array(64).fill(0));
    expect(() =>
      evaluateGraph(evaluate.graph, { inputs: new Map([['%image', image]]), storage, host: new Map() }),
    ).toThrow("`gate` is code of the user's own: it cannot be evaluated in float64");
  });
});

describe('modules', () => {
  type Files = Readonly<Record<string, string>>;
  const load = (files: Files, modules: Readonly<Record<string, 'there' | 'missing' | 'outside'>> = {}) => {
    const [[root = '', text = ''] = []] = Object.entries(files);
    const read = (path: string): Found => {
      const found = files[path];
      return found === undefined ? 'missing' : { text: found };
    };
    return loadProgram(parse(text, root).tree, text, { read, module: (path) => modules[path] ?? 'missing' });
  };
  const gate = (path: string): string => `extern layer gate(x: float32[...S]) -> float32[...S] from "${path}"\n`;
  const use = 'network Net { input x: float32[4]  gate  dense(2) }';

  test.each([
    ['there', []],
    ['missing', ['NRM2510']],
    ['outside', ['NRM2511']],
  ] as const)('one that is %s', (where, found) => {
    const program = load({ 'specs/net.nrm': gate('../layers/gate.ts') + use }, { 'layers/gate.ts': where });
    expect(check(program).diagnostics.map((d) => d.code)).toEqual(found);
  });

  test('a host that cannot look for modules is not asked', () => {
    expect(codes(gate('./gate.ts') + use)).toEqual([]);
  });

  test('an imported layer keeps the path that its own file means', () => {
    const program = load(
      { 'specs/net.nrm': `import { gate } from "../lib/gates.nrm"\n${use}`, 'lib/gates.nrm': gate('./code/gate.ts') },
      { 'lib/code/gate.ts': 'there' },
    );
    const { model: found, diagnostics } = checkNetwork(program, 'Net');
    expect(diagnostics).toEqual([]);
    expect(found?.layers.map((l) => l.def.doc)).toContain('a layer of this project: ../lib/code/gate.ts');
  });

  test('a resolved spec names it from the folder of the spec, with its arguments in order', () => {
    const rest = `
data D { source: idx("d")  fields { x: float32[4]  label: class(2) } }
train net { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 4  epochs: 1  seed: 1 }
block Two { gate(mode: hard, rate: 50%)  gate }
network Net { input x: float32[4]  Two  dense(2) }`;
    const declaration =
      'extern layer gate(x: float32[...S], rate = 1e0, mode = soft) -> float32[...S] from "./code/gate.ts"\n';
    const program = load(
      { 'specs/net.nrm': `import { gate } from "../lib/gates.nrm"\n${rest}`, 'lib/gates.nrm': declaration },
      { 'lib/code/gate.ts': 'there' },
    );
    const { train, diagnostics } = checkTrain(program, 'net');
    expect(diagnostics).toEqual([]);
    const resolved = train === null ? '' : resolvedSpec(train);
    expect(resolved).toContain(
      'extern layer gate(x: float32[...S], rate = 1, mode = soft) -> float32[...S] from "../lib/code/gate.ts"',
    );
    expect(resolved).toContain('gate(0.5, hard)');
    // It says the same again.
    const again = checkTrain(load({ 'specs/x.nrm': resolved }, { 'lib/code/gate.ts': 'there' }), 'net');
    expect(again.diagnostics).toEqual([]);
    expect(again.train === null ? '' : resolvedSpec(again.train)).toBe(resolved);
  });

  test('two of one name, from different files, are one too many', () => {
    const block = (name: string): string => `${gate('./gate.ts')}block ${name} { gate }`;
    const program = load(
      {
        'net.nrm': `import { Left } from "./l/l.nrm"\nimport { Right } from "./r/r.nrm"\n${use.replace('gate', 'Left  Right  Left')}`,
        'l/l.nrm': block('Left'),
        'r/r.nrm': block('Right'),
      },
      { 'l/gate.ts': 'there', 'r/gate.ts': 'there' },
    );
    const { diagnostics } = check(program);
    expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toContain(
      'NRM2513 this network has two different layers or blocks named `gate`',
    );
  });

  test('a relative path leads back to where it was taken from', () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const folder = fc.array(part, { maxLength: 3 });
    fc.assert(
      fc.property(fc.nat(2), fc.nat(1), folder, folder, part, (ups, further, from, to, name) => {
        const outer = new Array<string>(ups).fill('..');
        const root = [...outer, ...from, 'net.nrm'].join('/');
        const target = [...outer, ...new Array<string>(further).fill('..'), ...to, `${name}.ts`].join('/');
        const way = relativePath(root, target);
        expect(way).toMatch(/^(\.\/[^.]|\.\.\/)/);
        expect(resolvePath(root, way)).toBe(target);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});
