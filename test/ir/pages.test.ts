/** The pages of NRM21xx: the wrong example raises the code and nothing else, the right one is clean. Their rendered text is kept. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../src/check/index.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import type { Ref, ValueType } from '../../src/ir/graph.ts';
import { isFault } from '../../src/ir/op.ts';
import { opOf } from '../../src/ir/ops/index.ts';
import { parseGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { parse } from '../../src/parser/index.ts';

const folder = path.resolve(import.meta.dirname, '../../docs/errors');
const pages = readdirSync(folder).filter((file) => file.startsWith('NRM21'));

function diagnose(text: string): readonly Diagnostic[] {
  const { tree, diagnostics } = parse(text, 'spec.nrm');
  return [...diagnostics, ...check(tree).diagnostics];
}

/** What the shape rules say of a graph in text form. */
function refusals(text: string): readonly Diagnostic[] {
  const graph = parseGraph(text);
  const types = new Map<Ref, ValueType>(
    [...graph.inputs, ...graph.storage, ...graph.nodes.flatMap((n) => n.results)].map((v) => [v.ref, v.type]),
  );
  const typeOf = (ref: Ref): ValueType => types.get(ref) ?? { dtype: 'host', shape: [] };
  return graph.nodes.flatMap((node) => {
    const found = opOf(node).erased.shape(node, typeOf);
    return isFault(found) ? [found.fault(null, null)] : [];
  });
}

test.each(pages)('%s', async (file) => {
  const code = path.basename(file, '.md');
  const page = readFileSync(path.join(folder, file), 'utf8');
  const examples = [...page.matchAll(/```(nrm|text)\n([\s\S]*?)```/g)].map(([, language, text = '']) => ({
    language,
    text,
  }));
  const [wrong, right] = examples;
  if (wrong === undefined || right === undefined) throw new Error(`${file} lacks an example`);
  const found = wrong.language === 'nrm' ? diagnose(wrong.text) : refusals(wrong.text);
  expect(found.map((d) => d.code)).toEqual([code]);
  expect(right.language === 'nrm' ? diagnose(right.text) : verifyGraph(parseGraph(right.text))).toEqual([]);
  const rendered = found.map((d) => renderDiagnostic(d, () => wrong.text, { color: false, unicode: true, width: 120 }));
  await expect(`${rendered.join('\n\n')}\n`).toMatchFileSnapshot(`golden/${code}.txt`);
});
