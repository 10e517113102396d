/** NRM6013: arguments that do nothing beside what else is written. Only what is written as such: a parameter may do something elsewhere. */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Value } from '../../ir/value.ts';
import type { Layer } from '../model.ts';
import { Alike } from './alike.ts';
import { withoutArgument } from './calls.ts';
import { settingOf } from './flow.ts';
import type { NetworkLint } from './lint.ts';

/** Steps: an argument of the call, by the values that the layer got. */
export const idleStepArguments: NetworkLint = ({ model, calls }, report) => {
  const found = new Alike<Layer>();
  for (const layer of model.layers)
    if (layer.def.name === 'conv' && isOne(layer.args.kernel)) found.add([layer.span], layer);
  for (const { first: layer } of found.all()) {
    const call = calls(layer.span)?.call;
    const at = call?.arguments.findIndex((a) => a.name?.text === 'dilation') ?? -1;
    const argument = call?.arguments[at];
    const kernel = call?.arguments.find((a) => a.name?.text === 'kernel');
    if (call === undefined || argument === undefined || isOne(layer.args.dilation)) continue;
    if (argument.value.kind !== 'number' || kernel?.value.kind !== 'number') continue;
    const facts = { argument: 'dilation', of: layer.path, why: 'a kernel of one pixel has nothing to spread' };
    report(lints.idleArgument.at(argument.span, facts, { fix: withoutArgument(call, call.name.span, at) }));
  }
};

/** Methods of slots: an argument of what a policy or a pin says. */
export const idleMethodArguments: NetworkLint = ({ model }, report) => {
  const found = new Alike<{ readonly layer: Layer; readonly value: Value }>();
  for (const layer of model.layers) {
    const value = settingOf(layer, 'norm', null)?.value;
    if (value !== undefined && layer.def.name === 'batch' && layer.args.track === false)
      found.add([value.span], { layer, value });
  }
  for (const { first } of found.all())
    for (const argument of ['momentum', 'unbiased', 'statistics'])
      reportArgument(first.value, argument, 'with `track: false` there are no moving statistics', report);
};

function reportArgument(value: Value, argument: string, why: string, report: Report): void {
  if (value.kind !== 'call') return;
  const at = value.arguments.findIndex((a) => a.name === argument);
  const span: Span | undefined = value.arguments[at]?.span;
  if (span === undefined) return;
  const fix = withoutArgument(value, value.nameSpan, at);
  report(lints.idleArgument.at(span, { argument, of: value.name, why }, { fix }));
}

const isOne = (value: unknown): boolean => (Array.isArray(value) ? value.every((side) => side === 1) : value === 1);
