/** Reads the lines of `history.jsonl`. Lines of other kinds, and the end of one that a killed process left unfinished, are passed over. */
import type { EpochPoint, History, InspectionPoint, Matrix, UpdatePoint } from './results.ts';

type Entry = Readonly<Record<string, unknown>>;

export function readHistory(text: string): History {
  const entries = text
    .split('\n')
    .map(parsed)
    .filter((entry) => entry !== null);
  const epochs: EpochPoint[] = [];
  const updates: UpdatePoint[] = [];
  const inspections: InspectionPoint[] = [];
  let confusion: Readonly<Record<string, Matrix>> = {};
  // Epochs are counted on where a phase follows another.
  let [before, phase, last] = [0, 'train', 0];
  for (const entry of entries) {
    const own = typeof entry.phase === 'string' ? entry.phase : 'train';
    if (entry.kind === 'epoch' || entry.kind === 'update' || entry.kind === 'inspect') {
      if (own !== phase) [before, phase, last] = [before + last, own, 0];
    }
    if (entry.kind === 'epoch' && isPoint(entry)) {
      last = entry.epoch;
      epochs.push(epochOf(entry, before + entry.epoch, own));
    } else if (entry.kind === 'update' && isPoint(entry)) {
      // Where it stands in its epoch is known when the epoch's last update is.
      updates.push({ at: before + entry.epoch, ...pointOf(entry) });
    } else if (entry.kind === 'inspect' && isInspection(entry)) {
      const { update, samples, layers, parameters } = entry;
      inspections.push({ phase: own, update, samples, layers, parameters });
    } else if (entry.kind === 'test') confusion = matricesIn(entry.confusion);
  }
  return { epochs, updates: placed(updates, epochs), inspections, confusion };
}

function parsed(line: string): Entry | null {
  try {
    const entry: unknown = JSON.parse(line);
    return isEntry(entry) ? entry : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface PointEntry extends Entry {
  readonly epoch: number;
  readonly update: number;
  readonly loss: number;
}

const isPoint = (entry: Entry): entry is PointEntry =>
  ['epoch', 'update', 'loss'].every((key) => typeof entry[key] === 'number');

/** The numbers of a record of numbers; nothing of anything else. */
export const numbersIn = (value: unknown): Readonly<Record<string, number>> =>
  isEntry(value)
    ? Object.fromEntries(Object.entries(value).filter((e): e is [string, number] => typeof e[1] === 'number'))
    : {};

const pointOf = ({ update, loss, penalty, penalties, rate }: PointEntry): Omit<UpdatePoint, 'at'> => ({
  update,
  loss,
  penalty: typeof penalty === 'number' ? penalty : 0,
  penalties: numbersIn(penalties),
  rate: typeof rate === 'number' ? rate : null,
});

function epochOf(entry: PointEntry, at: number, phase: string): EpochPoint {
  const { validationLoss, validationAccuracy, validationMetrics, isBest, seconds } = entry;
  return {
    at,
    phase,
    ...pointOf(entry),
    validation: {
      ...numbersIn({ loss: validationLoss, accuracy: validationAccuracy }),
      ...numbersIn(validationMetrics),
    },
    isBest: isBest === true,
    seconds: typeof seconds === 'number' ? seconds : 0,
  };
}

/** An update's place among the epochs: epoch 2 of 100 updates each goes from 1 to 2. */
function placed(updates: readonly UpdatePoint[], epochs: readonly EpochPoint[]): readonly UpdatePoint[] {
  // All epochs of a run have as many updates as the first; before its end, the updates so far are all that is known.
  const perEpoch = epochs[0]?.update ?? Math.max(1, ...updates.map((u) => u.update));
  return updates.map((u) => ({ ...u, at: u.at - 1 + ((u.update - 1) % perEpoch) / perEpoch + 1 / perEpoch }));
}

const isInspection = (entry: Entry): entry is Entry & Omit<InspectionPoint, 'phase'> =>
  typeof entry.update === 'number' &&
  typeof entry.samples === 'number' &&
  isEntry(entry.layers) &&
  Object.values(entry.layers).every((layer) => isEntry(layer) && typeof layer.units === 'number') &&
  isEntry(entry.parameters) &&
  Object.values(entry.parameters).every(isEntry);

/** By output; what is no square of counts is left out. */
export const matricesIn = (value: unknown): Readonly<Record<string, Matrix>> =>
  isEntry(value) ? Object.fromEntries(Object.entries(value).filter((e): e is [string, Matrix] => isMatrix(e[1]))) : {};

/** By name; what is no list of numbers is left out. */
export const listsIn = (value: unknown): Readonly<Record<string, readonly number[]>> =>
  isEntry(value)
    ? Object.fromEntries(Object.entries(value).filter((e): e is [string, readonly number[]] => isList(e[1])))
    : {};

const isList = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((n) => typeof n === 'number');

const isMatrix = (value: unknown): value is Matrix =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((row) => Array.isArray(row) && row.length === value.length && row.every((n) => typeof n === 'number'));
