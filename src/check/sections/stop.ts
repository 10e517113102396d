/** `stop { … }`: when training ends before its last epoch, and with which weights. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { number, word } from '../syntax.ts';
import { describe } from '../values.ts';
import { sectionSetting } from './definition.ts';

/** What is watched is known when a train says what is measured: any word will do here. */
const monitor = sectionSetting<string>({
  doc: 'what is watched of the validation part, after each epoch: `loss` (the default), a metric, or of several outputs `label_accuracy`',
  bind(value, _environment, report) {
    if (value.kind === 'word') return value.word;
    const accepts = '`loss` or the name of a metric, such as `accuracy`';
    const hint = value.kind === 'string' ? `write it without quotes: \`monitor: ${value.value}\`` : null;
    report(policies.badValue.at(value.span, { key: 'monitor', accepts, found: describe(value), nearest: null, hint }));
    return null;
  },
  print: word,
  formula: () => null,
});

const patience = sectionSetting<number>({
  doc: 'how many epochs in a row may pass without improvement before training ends; left out, all epochs are trained',
  bind(value, _environment, report) {
    if (value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 1) return value.value;
    const hint =
      value.kind === 'number' && value.value === 0
        ? 'with `patience: 1` training ends after the first epoch that is no better than the best'
        : null;
    const facts = { key: 'patience', accepts: 'a whole number of epochs from 1, or `none`', found: describe(value) };
    report(policies.badValue.at(value.span, { ...facts, nearest: null, hint }));
    return null;
  },
  print: number,
  formula: () => null,
});

const minDelta = sectionSetting<number>({
  doc: 'by how much a value must be better than the last improvement to count as one; 0 by default. The best weights are kept all the same',
  bind(value, _environment, report) {
    if (value.kind === 'number' && Number.isFinite(value.value) && value.value >= 0) return value.value;
    const facts = { key: 'min_delta', accepts: 'a number from 0', found: describe(value), nearest: null, hint: null };
    report(policies.badValue.at(value.span, facts));
    return null;
  },
  print: number,
  formula: () => null,
});

const choices = ['best', 'last'] as const;

const restore = sectionSetting<(typeof choices)[number]>({
  doc: 'which weights a run ends with: those of the `best` epoch (the default), or the `last` ones',
  bind(value, _environment, report) {
    const written = value.kind === 'word' ? value.word : null;
    const found = choices.find((w) => w === written);
    if (found !== undefined) return found;
    const near = written === null ? null : nearest(written, choices);
    const facts = { key: 'restore', accepts: '`best` or `last`', found: describe(value), nearest: near, hint: null };
    report(policies.badValue.at(value.span, facts));
    return null;
  },
  print: word,
  formula: () => null,
});

export const stop = { monitor, patience, min_delta: minDelta, restore } as const;
