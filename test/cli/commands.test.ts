/** Every command as a user meets it: what it prints, what it exits with. Training has its own file. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { example, nrmc, workFolder } from './run.ts';

const folder = workFolder();
const lenet = example('lenet.nrm');
// Else `build` adds a package.json of its own to each output folder.
writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
const write = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return name;
};

describe('check', () => {
  test('fine', () => {
    const { code, out, err } = nrmc(folder, 'check', lenet);
    expect({ code, out, err }).toEqual({ code: 0, out: `${lenet}: fine\n`, err: '' });
  });

  test('wrong: the error on stderr, exit 1', () => {
    const file = write('wrong.nrm', 'network Net {\n  input x: float32[4]\n  dens(3)\n}\n');
    const { code, out, err } = nrmc(folder, 'check', file);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatchInlineSnapshot(`
      "error[NRM2003]: there is no layer or block \`dens\`
        ┌─ wrong.nrm:3:3
      3 │   dens(3)
        │   ^^^^ unknown
        = help: did you mean \`dense\`?
        = explain: nrmc explain NRM2003

      "
    `);
  });

  test('json: a list, also when there is nothing', () => {
    expect(JSON.parse(nrmc(folder, 'check', lenet, '--format', 'json').out)).toEqual([]);
    const { code, out, err } = nrmc(folder, 'check', 'wrong.nrm', '--format', 'json');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toMatchObject([{ severity: 'error', file: 'wrong.nrm', line: 3 }]);
  });

  test('under another policy', () => {
    const file = write(
      'other.nrm',
      'network Net { input x: float32[4]  dense(3) }\npolicy Odd { conv { decay: 1e-4 } }\n',
    );
    expect(nrmc(folder, 'check', file).code).toBe(0);
    const { code, err } = nrmc(folder, 'check', file, '--policy', 'Odd');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM30');
  });

  test('one train of a file', () => {
    expect(nrmc(folder, 'check', `${lenet}:lenet`).code).toBe(0);
    expect(nrmc(folder, 'check', `${lenet}:nothing`).err).toContain('error[NRM0102]');
  });

  test.each([
    ['zero bytes', Buffer.from([1, 0, 2]), 'it holds zero bytes'],
    ['UTF-16', Buffer.from('\ufeffnetwork', 'utf16le'), 'save it as UTF-8'],
    ['no characters', Buffer.from([0x6e, 0xff, 0xfe]), 'it holds bytes that are no characters'],
  ])('not text: %s', (_, bytes, says) => {
    writeFileSync(path.join(folder, 'binary.nrm'), bytes);
    const { code, err } = nrmc(folder, 'check', 'binary.nrm');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0112]: binary.nrm is not text in UTF-8');
    expect(err).toContain(says);
  });

  test('a file that is not there does not hide the others', () => {
    const { code, err } = nrmc(folder, 'check', 'nowhere.nrm', 'wrong.nrm');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0101]: cannot read nowhere.nrm: no such file or directory');
    expect(err).toContain('wrong.nrm:3');
  });
});

describe('usage', () => {
  test.each([
    [],
    ['nonsense'],
    ['check'],
    ['check', '--format', 'xml', 'a.nrm'],
    ['build', 'a.nrm'],
    ['train'],
    ['train', 'a.nrm', '--epochs', '0'],
    ['train', 'a.nrm', '--resume', 'b'],
  ])('nrmc %s: exit 2, no stack', (...args) => {
    const { code, err } = nrmc(folder, ...args);
    expect(code).toBe(2);
    expect(err).not.toMatch(/^ {4}at /m);
  });

  test.each([['--help'], ['--version'], ['train', '--help']])('nrmc %s: exit 0', (...args) => {
    expect(nrmc(folder, ...args).code).toBe(0);
  });
});

describe('targets', () => {
  test('an unknown name, with the nearest', () => {
    expect(nrmc(folder, 'show', `${lenet}:LeNett`).err.replaceAll(lenet, 'lenet.nrm')).toMatchInlineSnapshot(`
      "error[NRM0102]: lenet.nrm has no network or train \`LeNett\`
        = help: did you mean \`LeNet\`?
        = explain: nrmc explain NRM0102

      "
    `);
  });

  test('several trains: say which', () => {
    const text = readFileSync(lenet, 'utf8');
    const second = text.slice(text.indexOf('train lenet')).replace('train lenet', 'train second');
    const { code, err } = nrmc(folder, 'show', write('two.nrm', text + second));
    expect(code).toBe(1);
    expect(err).toMatchInlineSnapshot(`
      "error[NRM0103]: two.nrm has several trains: say which
        = help: \`two.nrm:lenet\` or \`two.nrm:second\`
        = explain: nrmc explain NRM0103

      "
    `);
    expect(nrmc(folder, 'show', 'two.nrm:second').code).toBe(0);
  });

  test('a network where a train is needed', () => {
    const { code, err } = nrmc(folder, 'train', `${lenet}:LeNet`);
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0111]: `LeNet` is a network');
    expect(err).toContain('has `lenet`');
  });

  test('no train at all', () => {
    expect(nrmc(folder, 'train', write('net.nrm', 'network Net { input x: float32[4]  dense(3) }')).err).toContain(
      'NRM0103',
    );
  });

  test('an unknown policy, with the nearest', () => {
    const { code, err } = nrmc(folder, 'show', lenet, '--policy', 'Moderne');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0104]');
    expect(err).toContain('did you mean `Modern`?');
  });
});

describe('build', () => {
  test('writes, says what, and knows when it is stale', () => {
    writeFileSync(path.join(folder, 'mine.nrm'), readFileSync(lenet));
    const built = nrmc(folder, 'build', 'mine.nrm', '--out', 'model');
    expect({ code: built.code, out: built.out }).toEqual({ code: 0, out: 'model/lenet.ts\nmodel/lenet.train.ts\n' });
    expect(readdirSync(path.join(folder, 'model')).sort()).toEqual(['lenet.train.ts', 'lenet.ts']);
    const before = readFileSync(path.join(folder, 'model/lenet.ts'), 'utf8');
    expect(nrmc(folder, 'build', 'mine.nrm', '--out', 'model', '--check').code).toBe(0);
    writeFileSync(path.join(folder, 'mine.nrm'), readFileSync(lenet, 'utf8').replace('drop: 0.1', 'drop: 0.2'));
    const stale = nrmc(folder, 'build', 'mine.nrm', '--out', 'model', '--check');
    expect(stale.code).toBe(1);
    expect(stale.err).toMatchInlineSnapshot(`
      "error[NRM0106]: model/lenet.ts, model/lenet.train.ts are not what the spec says now
        = help: \`nrmc build mine.nrm --out model\`
        = explain: nrmc explain NRM0106

      "
    `);
    expect(readFileSync(path.join(folder, 'model/lenet.ts'), 'utf8')).toBe(before);
    expect(nrmc(folder, 'build', 'mine.nrm', '--out', 'model').code).toBe(0);
    expect(readFileSync(path.join(folder, 'model/lenet.ts'), 'utf8')).not.toBe(before);
  });

  test('a file that nrmc did not write is not overwritten', () => {
    mkdirSync(path.join(folder, 'own'));
    writeFileSync(path.join(folder, 'own/lenet.ts'), 'export const mine = 1;\n');
    const { code, err } = nrmc(folder, 'build', lenet, '--out', 'own');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0108]');
    expect(readdirSync(path.join(folder, 'own'))).toEqual(['lenet.ts']);
    expect(readFileSync(path.join(folder, 'own/lenet.ts'), 'utf8')).toBe('export const mine = 1;\n');
  });

  test('a folder that cannot be made', () => {
    write('a-file', '');
    expect(nrmc(folder, 'build', lenet, '--out', 'a-file/model').err).toContain('error[NRM5103]: cannot write');
  });

  test('two declarations that would be one file', () => {
    const text = 'network A { input x: float32[4]  dense(3) }\nnetwork a { input x: float32[4]  dense(3) }\n';
    expect(nrmc(folder, 'build', write('same.nrm', text), '--out', 'same').err).toContain('error[NRM0109]');
  });

  test('in a CommonJS package, the folder is made one of modules', () => {
    mkdirSync(path.join(folder, 'commonjs'));
    writeFileSync(path.join(folder, 'commonjs/package.json'), '{ "type": "commonjs" }');
    expect(nrmc(folder, 'build', lenet, '--out', 'commonjs/model').err).toContain('commonjs/model/package.json');
    expect(readFileSync(path.join(folder, 'commonjs/model/package.json'), 'utf8')).toBe('{ "type": "module" }\n');
    expect(nrmc(folder, 'build', lenet, '--out', 'commonjs/model')).toMatchObject({ code: 0, err: '' });
  });

  test('a network without a train is a module of its own', () => {
    expect(
      nrmc(folder, 'build', write('plain.nrm', 'network Plain { input x: float32[4]  dense(3) }'), '--out', 'plain')
        .out,
    ).toBe('plain/Plain.ts\n');
  });
});

describe('passes', () => {
  test('an unknown pass, with the nearest', () => {
    const { code, err } = nrmc(folder, 'passes', lenet, '--dump-after=fold-batchnrm');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0110]');
    expect(err).toContain('`fold-batchnorm`');
  });

  test('a dump is a graph that reads back', async () => {
    const { parseGraph, printGraph } = await import('../../src/ir/text.ts');
    const { out } = nrmc(folder, 'passes', lenet, '--dump-after=fold-batchnorm');
    const [title, ...lines] = out.trimEnd().split('\n');
    expect(title).toBe('// predict, after fold-batchnorm');
    const graph = lines.join('\n');
    expect(graph).not.toContain('batchNorm ');
    expect(printGraph(parseGraph(graph)).trimEnd()).toBe(graph);
  });

  test('a change of what is trained is remarked on, with its place', () => {
    const { out, err } = nrmc(folder, 'build', example('mlp.nrm'), '--out', 'mlp');
    expect(out).toBe('mlp/mlp.ts\nmlp/mlp.train.ts\n');
    expect(err).toContain('remark[NRM2950]: invert-dropout: `drop1`');
  });

  test('a penalty on a bias that a norm makes dead goes with it, and says so', () => {
    const text = readFileSync(example('strided.nrm'), 'utf8')
      .replace('policy Normed {', 'policy Normed {\n  conv[first].bias? { penalty: l1(1e-2) }\n')
      .replace('conv[first].bias?', 'conv.bias[first]');
    const { err } = nrmc(folder, 'passes', write('dead.nrm', text));
    expect(err).toContain(
      'warning[NRM2951]: the penalty of `conv1.bias` does nothing: remove-dead-bias removed that weight',
    );
  });

  test('every pass fires on an example, and is shown with its layer and line', () => {
    const passes = (name: string, ...more: readonly string[]): string =>
      nrmc(folder, 'passes', example(`${name}.nrm`), ...more).out;
    const shown = [
      ...['lenet', 'mlp', 'strided', 'avgpool'].map((name) => passes(name)),
      passes('methods/noise', '--policy', 'DropConnect'),
    ].join('\n');
    const there = [...new Set([...shown.matchAll(/^ {2}([a-z-]+) +(?:\d+ done|nothing)/gm)].map((m) => m[1]))];
    expect(there.length).toBeGreaterThanOrEqual(9);
    const fired = new Set<string>();
    let pass = '';
    for (const line of shown.split('\n')) {
      pass = /^ {2}([a-z-]+) /.exec(line)?.[1] ?? pass;
      if (/^ {6}did {6}\S+ \(\S+\.nrm:\d+\): /.test(line)) fired.add(pass);
    }
    expect([...fired].sort()).toEqual(there.sort());
  });
});

describe('explain', () => {
  test('the page of a code, in any case', () => {
    expect(nrmc(folder, 'explain', 'nrm0106').out).toContain('# NRM0106: generated code is not what the spec says now');
  });

  test('an unknown code', () => {
    const { code, err } = nrmc(folder, 'explain', 'NRM0000');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0107]');
  });
});

describe('imports', () => {
  const base = workFolder();
  const write = (folder: string, file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const net = (from: string): string =>
    `import { Unit } from "${from}"\n\nnetwork Net { input image: float32[8, 8, 1]  Unit(4)  flatten  dense(2) }\n`;
  const blocks = 'block Unit(filters) { conv(filters, kernel: 3)  act }\n';

  test('a file of the project; one outside of it only when the folder is allowed', () => {
    const folder = path.join(base, 'a');
    write(folder, 'project/package.json', '{}');
    write(folder, 'project/specs/net.nrm', net('../blocks/unit.nrm'));
    write(folder, 'project/blocks/unit.nrm', blocks);
    write(folder, 'project/specs/out.nrm', net('../../elsewhere/unit.nrm'));
    write(folder, 'elsewhere/unit.nrm', blocks);
    const project = path.join(folder, 'project');
    expect(nrmc(project, 'check', 'specs/net.nrm').code).toBe(0);
    const refused = nrmc(project, 'check', 'specs/out.nrm');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('NRM2403');
    expect(nrmc(project, 'check', 'specs/out.nrm', '--allow-import', '../elsewhere').code).toBe(0);
    expect(nrmc(project, 'show', 'specs/out.nrm', '--allow-import', '../elsewhere').out).toContain('Unit1');
  });

  test('a link does not lead out of the project', () => {
    const folder = path.join(base, 'b');
    write(folder, 'project/package.json', '{}');
    write(folder, 'project/net.nrm', net('./unit.nrm'));
    write(folder, 'elsewhere/unit.nrm', blocks);
    symlinkSync(path.join(folder, 'elsewhere/unit.nrm'), path.join(folder, 'project/unit.nrm'));
    expect(nrmc(path.join(folder, 'project'), 'check', 'net.nrm').err).toContain('NRM2403');
  });

  test('passes name the file that a layer stands in', () => {
    const { out } = nrmc(path.dirname(example('residual.nrm')), 'passes', 'residual.nrm');
    expect(out).toMatch(/Residual1\.\w+ \(nrmc\/residual\.nrm:\d+\)/);
  });
});
