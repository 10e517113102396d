/** Imports: names across files, each file read by its own names; circles, files that are not there, limits. */
import { describe, expect, test } from 'vitest';
import { check, checkNetwork, type Found, loadProgram } from '../../src/check/index.ts';
import { resolvePath } from '../../src/check/paths.ts';
import { mostFiles } from '../../src/check/program.ts';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { parse } from '../../src/parser/index.ts';

type Files = Readonly<Record<string, string | Exclude<Found, object>>>;

function load(files: Files) {
  const [[root = '', text = ''] = []] = Object.entries(files);
  const read = (path: string): Found => {
    const found = Object.hasOwn(files, path) ? files[path] : undefined;
    if (found === undefined) return 'missing';
    return found === 'outside' || found === 'unreadable' || found === 'missing' ? found : { text: found };
  };
  return loadProgram(parse(text, root).tree, text, { read });
}

const codesOf = (files: Files): readonly string[] => check(load(files)).diagnostics.map((d) => d.code);

function rendered(files: Files): string {
  const program = load(files);
  return check(program)
    .diagnostics.map((d) => renderDiagnostic(d, (f) => program.texts.get(f), { color: false, width: 120 }))
    .join('\n\n');
}

const net = (body: string, before = ''): string =>
  `${before}\nnetwork Net { input image: float32[8, 8, 3]  ${body}  flatten  dense(2) }`;

describe('paths', () => {
  test.each([
    ['net.nrm', './blocks.nrm', 'blocks.nrm'],
    ['specs/net.nrm', './blocks.nrm', 'specs/blocks.nrm'],
    ['specs/net.nrm', '../lib/./a.nrm', 'lib/a.nrm'],
    ['net.nrm', '../../a.nrm', '../../a.nrm'],
    ['../x/net.nrm', '../a.nrm', '../a.nrm'],
    ['/x/net.nrm', '../../a.nrm', '/a.nrm'],
    ['C:\\x\\net.nrm', '.\\a.nrm', 'C:/x/a.nrm'],
    ['specs/net.nrm', '/abs/a.nrm', '/abs/a.nrm'],
    ['specs/net.nrm', 'nrmc/residual.nrm', 'nrmc/residual.nrm'],
  ])('%s imports %s: %s', (importer, written, found) => {
    if (found.startsWith('/') && importer.startsWith('/x')) expect(resolvePath(importer, './a.nrm')).toBe('/x/a.nrm');
    else expect(resolvePath(importer, written)).toBe(found);
  });
});

describe('names across files', () => {
  const blocks = `
block Unit(filters) { conv(filters, kernel: 3)  norm  act }
block Two(filters) { Unit(filters)  Unit(filters) }
policy Plain { norm: batch  act: relu }
data Images { source: idx("x")  fields { image: float32[8, 8, 3]  label: class(2) } }
`;

  test('an imported block is read by the names of its own file', () => {
    const program = load({
      'a/net.nrm': net('Two(4)', 'import { Two, Plain } from "../lib/blocks.nrm"').replace('Net {', 'Net with Plain {'),
      'lib/blocks.nrm': blocks,
    });
    const { model, diagnostics } = checkNetwork(program, 'Net');
    expect(diagnostics).toEqual([]);
    expect(model?.layers.map((l) => l.path)).toEqual([
      'Two1.Unit1.conv1',
      'Two1.Unit1.norm1',
      'Two1.Unit1.act1',
      'Two1.Unit2.conv1',
      'Two1.Unit2.norm1',
      'Two1.Unit2.act1',
      'flatten1',
      'dense1',
    ]);
  });

  test('what a file imports is not passed on', () => {
    expect(
      rendered({
        'net.nrm': net('Unit(4)', 'import { Unit } from "./middle.nrm"'),
        'middle.nrm': 'import { Unit } from "./blocks.nrm"\nblock Own { act }',
        'blocks.nrm': blocks,
      }),
    ).toMatchInlineSnapshot(`
      "error[NRM2404]: \`./middle.nrm\` declares no \`Unit\`
        ┌─ net.nrm:1:10
      1 │ import { Unit } from "./middle.nrm"
        │          ^^^^ not declared there
        = help: it imports \`Unit\` itself; import it from "./blocks.nrm"
        = explain: nrmc explain NRM2404"
    `);
  });

  test('a name that is declared and imported', () => {
    expect(
      codesOf({
        'net.nrm': net('Unit(4)', 'import { Unit } from "./blocks.nrm"\nblock Unit(n) { conv(n, kernel: 3) }'),
        'blocks.nrm': blocks,
      }),
    ).toEqual(['NRM2001']);
  });

  test('an error in an imported block is shown there, with the place that uses it', () => {
    expect(
      rendered({
        'net.nrm': net('Two(4)', 'import { Two } from "./blocks.nrm"'),
        'blocks.nrm':
          'block Unit(filters) { conv(filters, kernel: 3, groups: 2) }\nblock Two(filters) { Unit(filters) }',
      }),
    ).toMatchInlineSnapshot(`
      "error[NRM2103]: \`Two1.Unit1.conv1\`: 2 groups do not divide 3 input channels
        ┌─ blocks.nrm:1:48
      1 │ block Unit(filters) { conv(filters, kernel: 3, groups: 2) }
        │                                                ^^^^^^^^^ 3 is not a multiple of 2
      2 │ block Two(filters) { Unit(filters) }
        │                      ------------- in \`Two1.Unit1\`, used here
        ├─ net.nrm:2:15
      2 │ network Net { input image: float32[8, 8, 3]  Two(4)  flatten  dense(2) }
        │               ----------------------------- \`image\` produces [N, 8, 8, 3]
        │                                              ------ in \`Two1\`, used here
        = help: \`groups: 1\` divides both 3 input channels and 4 filters
        = explain: nrmc explain NRM2103"
    `);
  });

  test('a syntax error in an imported file', () => {
    expect(
      codesOf({
        'net.nrm': net('Unit', 'import { Unit } from "./b.nrm"'),
        'b.nrm': 'block Unit { conv(4, kernel: 3 }',
      }),
    ).toEqual(['NRM1007']);
  });

  test('NRM2027: two blocks of one name', () => {
    expect(
      rendered({
        'net.nrm': net('Unit  Tower', 'import { Tower } from "./towers.nrm"\nblock Unit { conv(3, kernel: 1) }'),
        'towers.nrm': 'block Unit { conv(4, kernel: 3) }\nblock Tower { Unit }',
      }),
    ).toMatchInlineSnapshot(`
      "error[NRM2027]: this network has two different blocks named \`Unit\`
        ┌─ towers.nrm:2:15
      1 │ block Unit { conv(4, kernel: 3) }
        │       ---- another block of that name
      2 │ block Tower { Unit }
        │               ^^^^ the second of them is used here
        ├─ net.nrm:2:7
      2 │ block Unit { conv(3, kernel: 1) }
        │       ---- one block of that name
      3 │ network Net { input image: float32[8, 8, 3]  Unit  Tower  flatten  dense(2) }
        │                                                    ----- in \`Tower1\`, used here
        = help: rename one of them: selectors and reports go by the name
        = explain: nrmc explain NRM2027"
    `);
  });
});

describe('what two files may not both mean', () => {
  const tower = 'block head(f) { conv(f, kernel: 3) }\nblock Tower(f) { head(f) }';

  test('a label with the name of a block that only another file knows', () => {
    const files = {
      'net.nrm': net('Tower(4)  head: conv(2, kernel: 1)', 'import { Tower } from "./t.nrm"'),
      't.nrm': tower,
    };
    expect(codesOf(files)).toEqual(['NRM2006']);
  });

  test('the name of a layer', () => {
    const files = {
      'net.nrm': net('Tower(4)', 'import { Tower } from "./t.nrm"'),
      't.nrm': 'block conv(f) { dense(f) }\nblock Tower(f) { conv(f) }',
    };
    expect(codesOf(files)).toContain('NRM2016');
  });

  test('a parameter that nothing reads, in an imported file too', () => {
    const files = {
      'net.nrm': net('B(4)', 'import { B } from "./b.nrm"'),
      'b.nrm': 'block B(f, unused = 3) { conv(f, kernel: 3) }',
    };
    expect(codesOf(files)).toEqual(['NRM3005']);
  });

  test('a misspelt import is told once, not at each use of what was meant', () => {
    const files = {
      'net.nrm': net('Unit(4)  Unit(8)', 'import { Unt } from "./b.nrm"'),
      'b.nrm': 'block Unit(f) { conv(f, kernel: 3) }',
    };
    expect(codesOf(files)).toEqual(['NRM2404']);
  });

  test('what the other file declares twice is told there', () => {
    const files = {
      'net.nrm': net('Unit', 'import { Unit } from "./b.nrm"'),
      'b.nrm': 'block Unit { conv(2, kernel: 3) }\nblock Unit { conv(3, kernel: 3) }',
    };
    expect(codesOf(files)).toEqual(['NRM2001']);
  });

  test('a file that imports itself, however its path is written', () => {
    expect(codesOf({ './self.nrm': net('conv(2, kernel: 1)', 'import { X } from "./self.nrm"') })).toEqual(['NRM2402']);
  });
});

describe('what cannot be followed', () => {
  test('NRM2402: a circle, told once', () => {
    expect(
      rendered({
        'net.nrm': net('A', 'import { A } from "./a.nrm"'),
        'a.nrm': 'import { B } from "./b.nrm"\nblock A { B }',
        'b.nrm': 'import { A } from "./a.nrm"\nblock B { conv(4, kernel: 3) }',
      }),
    ).toMatchInlineSnapshot(`
      "error[NRM2402]: files import each other in a circle: a.nrm → b.nrm → a.nrm
        ┌─ b.nrm:1:19
      1 │ import { A } from "./a.nrm"
        │                   ^^^^^^^^^ this import closes the circle
        = help: move what both need into a file of its own
        = explain: nrmc explain NRM2402"
    `);
  });

  test('the same file on two ways is no circle', () => {
    expect(
      codesOf({
        'net.nrm': net('A  B', 'import { A } from "./a.nrm"\nimport { B } from "./b.nrm"'),
        'a.nrm': 'import { C } from "./c.nrm"\nblock A { C }',
        'b.nrm': 'import { C } from "./c.nrm"\nblock B { C }',
        'c.nrm': 'block C { conv(4, kernel: 3) }',
      }),
    ).toEqual([]);
  });

  test.each([
    ['NRM2401', 'missing'],
    ['NRM2403', 'outside'],
    ['NRM2405', 'unreadable'],
  ] as const)('%s: %s, and nothing more about its names', (code, found) => {
    expect(codesOf({ 'net.nrm': net('Unit(4)', 'import { Unit } from "../x.nrm"'), '../x.nrm': found })).toEqual([
      code,
    ]);
  });

  test('NRM2406: too many files', () => {
    const chain = Object.fromEntries(
      Array.from({ length: mostFiles + 5 }, (_, i) => [
        `${i}.nrm`,
        `import { A } from "./${i + 1}.nrm"\nblock A { act }`,
      ]),
    );
    expect(codesOf({ 'net.nrm': net('A', 'import { A } from "./0.nrm"'), ...chain })).toContain('NRM2406');
  });
});
