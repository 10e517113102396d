/** What a train can set. */
export const trainKeys = [
  'network',
  'policy',
  'data',
  'loss',
  'optimizer',
  'schedule',
  'batch',
  'last',
  'epochs',
  'accumulate',
  'average',
  'reuse_validation',
  'metrics',
  'seed',
  'start',
] as const;
export type TrainKey = (typeof trainKeys)[number];
