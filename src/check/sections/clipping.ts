/** `gradient { … }` as a whole: what its settings say together. */
import { lints } from '../../diagnostics/catalog/lints.ts';
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../model.ts';
import { printValue } from '../printing.ts';
import { type FlatSectionSetting, sectionsInForce } from './index.ts';

/** `of: total` is about the gradients of penalties, and there must be some. What an override asks for is meant for every case. */
export function checkTotal({ layers, sections }: Model, said: readonly FlatSectionSetting[], report: Report): void {
  const of = said.find((s) => s.section === 'gradient' && s.key === 'of');
  const { clip, of: inForce } = sections.gradient;
  if (of === undefined || clip === undefined || inForce !== 'total' || of.origin.kind === 'set') return;
  if (layers.some((l) => l.weights.some((w) => w.penalties.length > 0 || w.prior !== null))) return;
  report(
    policies.doesNothing.at(of.span, {
      what: '`of: total`',
      why: 'no rule adds a penalty or a prior, so the gradient of the loss is all there is',
      instead: 'remove it',
    }),
  );
}

/** `said`: what the policies in force say, the latest first. */
export function checkClipping(said: readonly FlatSectionSetting[], report: Report): void {
  const written = (key: string) => said.find((s) => s.section === 'gradient' && s.key === key);
  const [clip, of] = [written('clip'), written('of')];
  // A clip that a later policy takes away leaves `of` behind, which is no mistake of either.
  if (of !== undefined && of.bound !== null && clip === undefined) {
    report(
      policies.doesNothing.at(of.span, {
        what: `\`of: ${printValue(of.value)}\``,
        why: 'nothing is clipped',
        instead: 'say how as well: `gradient { clip: global_norm(1.0)  of: total }`',
      }),
    );
  }
  const inForce = sectionsInForce(said).gradient.clip;
  if (clip !== undefined && inForce?.def.name === 'adaptive' && inForce.args.last === true)
    report(lints.adaptiveOnLast.at(clip.span, {}));
}
