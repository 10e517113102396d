/** NRM517x: what losses and metrics compare with. */
import type { RuntimeError } from './errors.ts';

const define = <Facts extends object>(error: RuntimeError<Facts>): RuntimeError<Facts> => error;

export const lossErrors = {
  classOutside: define<{ field: string; sample: number; value: number; classes: number }>({
    code: 'NRM5170',
    title: 'a class that the network does not know',
    message: (f) =>
      `field \`${f.field}\` of sample ${f.sample} is ${f.value}; its classes go from 0 to ${f.classes - 1}`,
    help: () => 'number the classes from 0, or give the field and the network more of them',
  }),
  sampleWeight: define<{ field: string; sample: number; value: number }>({
    code: 'NRM5171',
    title: 'a sample that counts less than nothing',
    message: (f) => `field \`${f.field}\` of sample ${f.sample} is ${f.value}: what a sample counts is a number from 0`,
    help: () => 'count a sample 0 to leave it out; preprocessing such as `standardize` is not for weights',
  }),
  targetOutside: define<{ field: string; sample: number; value: number; loss: string; takes: string; help: string }>({
    code: 'NRM5172',
    title: 'a target that its loss does not take',
    message: (f) => `field \`${f.field}\` of sample ${f.sample} is ${f.value}; \`${f.loss}\` takes ${f.takes}`,
    help: (f) => f.help,
  }),
  noMeasure: define<{ train: string }>({
    code: 'NRM5173',
    title: 'code of an older version that cannot be measured by this one',
    message: (f) => `the code of \`${f.train}\` was made by an older version of nrmc and does not export \`lossOf\``,
    help: () => 'build it again from its spec, or train it again',
  }),
};
