/** Augmentation meets the network and its targets. */
import { augment as errors } from '../../diagnostics/catalog/augment.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { DataField, Model, ModelInput, TrainConfig } from '../model.ts';
import { typeText } from '../types.ts';

/** Inputs that are images: `float32[height, width, channels]`. */
const imageInputs = (model: Model): readonly ModelInput[] =>
  model.inputs.filter((i) => i.type.dtype === 'float32' && i.type.shape.length === 4);

/** Classes arrive as shares, [N, C]: samples are mixed. */
export const mixesSamples = (model: Model): boolean =>
  (model.sections.input.augment ?? []).some((a) => a.def.changes === 'mixes');

/** What of a policy's augmentation there is to do; says what cannot be augmented. `at`: where the train names its policy or itself. */
export function checkAugmentation(
  model: Model,
  fields: readonly DataField[],
  targets: TrainConfig['losses'],
  at: Span,
  report: Report,
): TrainConfig['augment'] {
  const list = model.sections.input.augment;
  if (list === undefined) return null;
  const images = imageInputs(model);
  if (images.length === 0) {
    const inputs = model.inputs.map(({ type: { dtype, shape } }) =>
      dtype === 'float32' || dtype === 'int32' ? typeText({ dtype, shape: shape.slice(1) }) : dtype,
    );
    report(errors.nothingToAugment.at(at, { network: model.network, inputs }));
  }
  const moving = list.filter((a) => a.def.changes === 'moves').map((a) => a.def.name);
  for (const { target } of targets) {
    const field = fields.find((f) => f.name === target);
    // A network that gives its input back is compared with the augmented image.
    if (moving.length === 0 || field?.kind !== 'tensor' || field.shape.length !== 3) continue;
    if (images.some((i) => i.name === target)) continue;
    const facts = { augmentations: moving, target };
    report(errors.targetIsImage.at(at, facts, { places: { target: field.span } }));
  }
  for (const { def, args } of list) {
    const size = def.name === 'cutout' ? args.size : def.name === 'crop' ? args.pad : null;
    if (typeof size !== 'number') continue;
    for (const { name, type } of images) {
      const [height, width] = type.shape.slice(1);
      if (typeof height !== 'number' || typeof width !== 'number') continue;
      // A square must cover both sides; an image is moved out along one of them.
      const most = def.name === 'cutout' ? Math.max(height, width) : Math.min(height, width);
      if (size < most) continue;
      const image = `${height} × ${width}`;
      report(errors.largerThanImage.at(at, { augmentation: def.name, size, input: name, image }));
    }
  }
  return { images: images.map((i) => i.name), list };
}
