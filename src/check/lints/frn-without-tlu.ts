/**
 * NRM6025: a rectifier behind filter response normalization. It subtracts no mean, so zero is no place to cut at; the threshold that
 * `tlu` learns is what takes its place.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Layer } from '../model.ts';
import { Alike } from './alike.ts';
import { settingOf } from './flow.ts';
import type { NetworkLint } from './lint.ts';

const rectifiers: readonly string[] = ['relu', 'relu6', 'leaky_relu', 'prelu'];

export const frnWithoutTlu: NetworkLint = ({ model, flow }, report) => {
  const found = new Alike<{ readonly norm: Layer; readonly act: Layer }>();
  for (const norm of model.layers) {
    if (norm.def.name !== 'frn') continue;
    const act = flow.takersOf(norm).find((l) => l.def.use === 'act' && rectifiers.includes(l.def.name));
    const from = act && (settingOf(act, 'act', null)?.from.span ?? act.span);
    if (act !== undefined && from !== undefined) found.add([from], { norm, act });
  }
  for (const { first, more } of found.all()) {
    const { norm, act } = first;
    const facts = { norm: norm.path, act: act.path, method: act.def.name, more };
    const at = settingOf(act, 'act', null)?.from.span ?? act.span;
    report(
      lints.frnWithoutTlu.at(at, facts, { places: { norm: settingOf(norm, 'norm', null)?.from.span ?? norm.span } }),
    );
  }
};
