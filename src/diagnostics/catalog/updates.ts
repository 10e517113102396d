/** NRM3020–3029: how weights are updated: clips, constraints, priors. */
import { defineDiagnostic } from '../diagnostic.ts';
import { listed, quoted } from '../wording.ts';

export const updates = {
  conflict: defineDiagnostic<{ what: string; why: string }>({
    code: 'NRM3020',
    severity: 'error',
    title: 'arguments that do not go together',
    message: (f) => `\`${f.what}\`: ${f.why}`,
    label: () => 'these arguments do not go together',
    help: () => null,
  }),
  axisOutside: defineDiagnostic<{
    constraint: string;
    axis: number;
    weight: string;
    shape: readonly (number | string)[];
  }>({
    code: 'NRM3021',
    severity: 'error',
    title: 'an axis that a weight does not have',
    message: (f) =>
      `\`${f.constraint}\` goes over axis ${f.axis}, which \`${f.weight}\` [${f.shape.join(', ')}] does not have`,
    label: (f) => `axes of \`${f.weight}\` are 0 to ${f.shape.length - 1}`,
    help: (f) =>
      f.shape.length < 2
        ? 'leave `axis:` out: the norm of a vector goes over the whole'
        : `leave \`axis:\` out for the norm of each output unit, or name axes from 0 to ${f.shape.length - 1}`,
  }),
  priorNeedsLikelihood: defineDiagnostic<
    { loss: string; by: string | null; weight: string; known: readonly string[] },
    'loss'
  >({
    code: 'NRM3022',
    severity: 'error',
    title: 'a prior with a loss that is no likelihood',
    message: (f) =>
      `a prior needs a loss that is the negative logarithm of a likelihood; \`${f.loss}\`${f.by === null ? '' : ` with \`${f.by}\``} is none`,
    label: (f) => `the prior of \`${f.weight}\``,
    places: { loss: () => 'trained with this loss' },
    help: (f) =>
      `${f.by === null ? `use a loss such as ${listed(quoted(f.known), 'or')}` : `leave \`${f.by}\` out`}, or say the penalty itself: \`penalty: l2(1e-4)\``,
  }),
  priorNoise: defineDiagnostic<{ loss: string; weight: string; prior: string; needed: boolean }, 'loss'>({
    code: 'NRM3023',
    severity: 'error',
    title: 'the noise that a prior needs, or cannot use',
    message: (f) =>
      f.needed
        ? `with \`${f.loss}\` the prior of \`${f.weight}\` needs the noise of the targets`
        : `\`noise:\` of the prior of \`${f.weight}\` does nothing: \`${f.loss}\` is a likelihood by itself`,
    label: (f) => (f.needed ? 'without `noise:`' : 'has `noise:`'),
    places: { loss: () => 'trained with this loss' },
    help: (f) =>
      f.needed
        ? `write the standard deviation of the targets around the truth: \`${f.prior}(…, noise: 0.1)\``
        : 'leave `noise:` out; only `mean_squared_error` needs it',
  }),
  priorsOfSeveral: defineDiagnostic<{ weight: string; losses: readonly string[] }, 'loss'>({
    code: 'NRM3024',
    severity: 'error',
    title: 'a prior with losses of different scales',
    message: (f) =>
      `the prior of \`${f.weight}\` has no one weight: ${listed(quoted(f.losses), 'and')} are means over different numbers of values`,
    label: () => 'this prior',
    places: { loss: () => 'trained with these losses' },
    help: () => 'say the penalty itself: `penalty: l2(1e-4)`',
  }),
};
