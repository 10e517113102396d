/** NRM3335–NRM3339: augmentation. */
import { defineDiagnostic } from '../diagnostic.ts';
import { listed, quoted } from '../wording.ts';

export const augment = {
  nothingToAugment: defineDiagnostic<{ network: string; inputs: readonly string[] }>({
    code: 'NRM3335',
    severity: 'error',
    title: 'augmentation without an image',
    message: (f) => `\`augment\` has no image to work on: \`${f.network}\` takes ${listed(f.inputs, 'and')}`,
    label: () => 'changes nothing',
    help: () => 'augmentation is for inputs `float32[height, width, channels]`; `augment: none` takes it away',
  }),
  targetIsImage: defineDiagnostic<{ augmentations: readonly string[]; target: string }, 'target'>({
    code: 'NRM3336',
    severity: 'error',
    title: 'augmentation moves pixels away from a target that is an image',
    message: (f) =>
      `${listed(quoted(f.augmentations), 'and')} ${f.augmentations.length === 1 ? 'moves' : 'move'} pixels of the input, and the target \`${f.target}\` would stay as it is`,
    label: () => 'moves pixels of inputs only',
    places: { target: () => 'this target is an image' },
    help: () => 'keep those that change values: `brightness`, `contrast`, `cutout`',
  }),
  largerThanImage: defineDiagnostic<{ augmentation: string; size: number; input: string; image: string }>({
    code: 'NRM3337',
    severity: 'error',
    title: 'an augmentation as large as the image',
    message: (f) =>
      f.augmentation === 'crop'
        ? `\`crop\` with \`pad: ${f.size}\` moves all of \`${f.input}\` out of its window, which is ${f.image}`
        : `\`${f.augmentation}\` of ${f.size} pixels leaves nothing of \`${f.input}\`, which is ${f.image}`,
    label: () => 'as large as the image',
    help: (f) => (f.augmentation === 'crop' ? 'an eighth of the side is usual' : 'a quarter of the side is usual'),
  }),
};
