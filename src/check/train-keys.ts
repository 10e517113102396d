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
  'metrics',
  'seed',
  'start',
] as const;
export type TrainKey = (typeof trainKeys)[number];
