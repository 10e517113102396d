/**
 * Pictures and tables of networks.
 *
 *   drawModel(model)     SVG text: groups as boxes, chains of layers as cards, joins, shapes where they change, what the policy set
 *   modelTable(model)    the same for a terminal
 *
 * Pure: a Model in, text out. Drawing is asynchronous because the layout library is loaded when it is needed.
 */
import type { Model } from '../check/model.ts';
import { buildScene } from './build.ts';
import { fold } from './fold.ts';
import { place } from './layout.ts';
import { svgOf } from './svg.ts';

export { modelTable, otherPathMark, type Table } from './table.ts';
export { countsOf, countsText, policyText } from './words.ts';

export interface DrawOptions {
  /** Blocks that repeat are drawn once, with how many they are. */
  readonly fold?: boolean;
}

export async function drawModel(model: Model, options: DrawOptions = {}): Promise<string> {
  const { model: shown, times } = options.fold === true ? fold(model) : { model, times: new Map<string, number>() };
  return svgOf(model, await place(buildScene(shown, times)));
}
