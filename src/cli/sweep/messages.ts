/** What a sweep and the processes that train its cases tell each other. */
import type { RunSettings, TrainRequest } from '../run-train.ts';

export type ToWorker =
  | {
      readonly kind: 'train';
      readonly request: TrainRequest;
      readonly settings: Omit<RunSettings, 'output'>;
      /** sha256 of the resolved spec that is meant. */
      readonly spec: string;
    }
  | { readonly kind: 'stop'; readonly signal: NodeJS.Signals };

export type FromWorker =
  | { readonly kind: 'ready' }
  /** A line that the run says. */
  | { readonly kind: 'says'; readonly text: string }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

export type Outcome =
  | { readonly status: 'finished' | 'interrupted' }
  | { readonly status: 'failed'; readonly code: string | null; readonly why: string };

const kindOf = (message: unknown): unknown =>
  typeof message === 'object' && message !== null && 'kind' in message ? message.kind : null;

/** Both ends are of one nrmc: the kind tells the rest. */
export const isToWorker = (message: unknown): message is ToWorker =>
  ['train', 'stop'].includes(String(kindOf(message)));
export const isFromWorker = (message: unknown): message is FromWorker =>
  ['ready', 'says', 'ended'].includes(String(kindOf(message)));
