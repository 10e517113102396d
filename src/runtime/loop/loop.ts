/** One process's share of a training: steps, the ends of epochs and phases, and what is told of them. */
import { Variable } from '@tensorflow/tfjs-core';
import { type Batch, disposeBatch, epochBatches, type Samples } from '../batches.ts';
import { failure, runtimeErrors } from '../errors.ts';
import {
  brokenWeight,
  type Cause,
  causeOf,
  firstBroken,
  type Held,
  hold,
  isModerate,
  release,
  restore,
} from '../finite.ts';
import { type Before, inspect, probeOf } from '../inspection.ts';
import { swaTaken } from '../kernels/averages.ts';
import { checkCompared, comparedFields, type Forward, forEachOutput, type Scores, score } from '../metrics.ts';
import type { Training } from '../model.ts';
import type { AnyTrain } from '../modules.ts';
import { afterEpoch } from '../plateau.ts';
import { dispose, disposeAll, flattenTensors } from '../tensors.ts';
import { assign, withAverages } from './averages.ts';
import { type Evaluated, holdEvaluated, holdEverything } from './best.ts';
import { monitored } from './monitor.ts';
import { mapped, numberOf } from './numbers.ts';
import { Pauses } from './pauses.ts';
import { measurePopulation } from './population.ts';
import {
  begun,
  type EpochReport,
  type Found,
  type Hooks,
  type LoopConfig,
  noSums,
  type Phase,
  type PhaseReport,
  type Progress,
  type Reached,
  type Run,
  type TrainingData,
} from './progress.ts';
import { continued, isSpent, phaseAfter, reaches, retrained } from './reuse.ts';
import { watching } from './stopping.ts';
import { type EpochPlan, partOf, planEpoch, together } from './updates.ts';

/** Batches between two checkpoints within an epoch. */
const checkpointEvery = 200;

/** The validation part after an epoch, and what early stopping makes of it. */
interface Judged {
  readonly scores: Scores;
  readonly watched: EpochReport['watched'];
  readonly stop: boolean;
}

/** How a phase ends. */
interface End {
  readonly why: Found['why'];
  readonly reached: Reached | null;
}

export class Loop {
  progress: Progress;
  readonly #module: AnyTrain;
  readonly #config: LoopConfig;
  readonly #data: TrainingData;
  readonly #start: Run;
  readonly #hooks: Hooks;
  /** Of the first phase, which numbers of updates are counted by. */
  readonly #firstPlan: EpochPlan;
  /** Of the present phase. */
  #samples: Samples;
  #plan: EpochPlan;
  /** Values of the best epoch so far. */
  #best: Held | null;
  /** Weights before the last step: their loss was finite. Null before the first one. */
  #good: Held | null = null;
  readonly #pauses = new Pauses();

  constructor(module: AnyTrain, config: LoopConfig, data: TrainingData, run: Run, hooks: Hooks) {
    this.#module = module;
    this.#config = config;
    this.#data = data;
    this.#start = run;
    this.#hooks = hooks;
    this.#best = run.best ?? null;
    this.progress = run.progress;
    checkCompared(data.train, config.outputs);
    this.#firstPlan = planEpoch(data.train.rows.length, config);
    this.#samples = data.train;
    this.#plan = this.#firstPlan;
    this.#takeData();
  }

  get run(): Run {
    return { ...this.#start, progress: this.progress, best: this.#best };
  }

  close(): void {
    release(this.#good);
    this.#good = null;
  }

  /** The data of the present phase. */
  #takeData(): void {
    const { phase } = this.progress;
    const all = phase === 'retrain' || phase === 'continue';
    this.#samples = all ? together(this.#data.train, this.#data.validation) : this.#data.train;
    this.#plan = planEpoch(this.#samples.rows.length, this.#config);
  }

  /** False when it was stopped. */
  async epoch(): Promise<boolean> {
    if (this.progress.batches === 0) await this.#inspect();
    const { step: from, phase, epoch, found } = this.progress;
    const { inputs, outputs } = this.#config;
    // The data may have fields that this network does not ask for.
    const fields = [...inputs, ...comparedFields(outputs)];
    // Epochs that go on from others have orders of their own.
    const counted = phase === 'continue' ? epoch + (found?.kept.epoch ?? 0) : epoch;
    for await (const batch of epochBatches(this.#samples, { ...this.#config, epoch: counted, from, fields })) {
      try {
        await this.#step(batch);
      } finally {
        disposeBatch(batch);
      }
      if (isSpent(this.progress)) break;
      const stopped = this.#hooks.stopped?.() === true;
      const { step, batches } = this.progress;
      if (stopped || (batches % checkpointEvery === 0 && step < this.#plan.batches)) await this.#checkpoint();
      if (stopped) return false;
      await this.#pauses.take();
    }
    await this.#endEpoch();
    return this.#hooks.stopped?.() !== true || this.progress.phase === 'over';
  }

  /** Batches that are left at most in this phase. */
  get left(): number {
    const { phase, epoch, step, update, found } = this.progress;
    const { epochs, reuse } = this.#config;
    if (phase === 'retrain') return ((found?.kept.update ?? update) - update) * this.#plan.accumulate;
    const last = phase === 'continue' && reuse?.kind === 'continue' ? reuse.limit : epochs;
    return (last - epoch + 1) * this.#plan.batches - step;
  }

  #training(share?: number): Training<object, object, object> {
    const { params, state, optimizer } = this.#start;
    const { seed, epochs } = this.#config;
    const { update, batches } = this.progress;
    const { updates: perEpoch } = this.#firstPlan;
    return {
      params,
      state,
      optimizer,
      random: { seed, update: batches + 1 },
      update: update + 1,
      // Those of the first phase in all of them, so that an update has the same rate in each.
      updates: epochs * perEpoch,
      perEpoch,
      samples: this.#samples.rows.length,
      plateau: this.progress.factors.findLast((f) => f.update <= update)?.factor ?? 1,
      ...(share === undefined ? {} : { share }),
    };
  }

  async #step(batch: Batch): Promise<void> {
    const began = performance.now();
    const part = partOf(this.progress.step, this.#plan);
    const isApart = this.#module.applyUpdate !== undefined;
    const training = this.#training(isApart ? part.share : undefined);
    const before = hold(training.params, training.state);
    const report = this.#module.step(training, batch.fields);
    const loss = await numberOf(report.loss);
    const losses: Record<string, number> = {};
    for (const [output, value] of Object.entries(report.losses ?? {})) losses[output] = await numberOf(value);
    dispose(report.loss, ...Object.values(report.losses ?? {}));
    const updated = part.isLast && Number.isFinite(loss) ? (this.#module.applyUpdate?.(training) ?? null) : null;
    // An update apart says once what its penalties are; it is null where this is not the last batch of one.
    const { penalty: sum = null, penalties: byRule = {} } = (isApart ? updated : report) ?? {};
    const penalty = sum === null ? 0 : await numberOf(sum);
    const penalties: Record<string, number> = {};
    for (const [rule, value] of Object.entries(byRule)) penalties[rule] = await numberOf(value);
    sum?.dispose();
    dispose(...Object.values(byRule));
    const rate = (isApart ? updated : report)?.rate ?? this.progress.rate;
    const counts = isApart ? part.samples : batch.size;
    if (!Number.isFinite(loss) || !Number.isFinite(penalty)) {
      restore(before);
      release(before);
      await this.#notFinite(training, batch, { loss, losses, penalty });
    }
    release(this.#good);
    this.#good = before;
    const { progress } = this;
    const { sums } = progress;
    this.progress = {
      ...progress,
      step: progress.step + 1,
      update: part.isLast ? training.update : progress.update,
      batches: progress.batches + 1,
      rate,
      sums: {
        loss: sums.loss + loss * batch.size,
        losses: mapped(losses, (l, output) => (sums.losses[output] ?? 0) + l * batch.size),
        penalty: sums.penalty + penalty * counts,
        penalties: { ...sums.penalties, ...mapped(penalties, (p, rule) => (sums.penalties[rule] ?? 0) + p * counts) },
        samples: sums.samples + batch.size,
        seconds: sums.seconds + (performance.now() - began) / 1000,
      },
    };
    const { batches: steps } = this.#plan;
    const { left } = this;
    const told = { loss, losses, penalty, penalties };
    this.#hooks.step?.({ progress: this.progress, steps, left, ...told, updated: part.isLast });
    const every = this.#config.inspect?.every ?? null;
    if (every !== null && part.isLast && this.progress.update % every === 0) await this.#inspect();
  }

  /** The training holds the weights that the loss was computed with. */
  async #notFinite(
    training: Training<object, object, object>,
    batch: Batch,
    { loss, losses, penalty }: Pick<EpochReport, 'loss' | 'losses' | 'penalty'>,
  ): Promise<never> {
    const [what, value] = Number.isFinite(loss) ? ['penalty', penalty] : ['loss', loss];
    const bad = Object.entries(losses).filter(([, l]) => !Number.isFinite(l));
    const which = bad.length === 0 ? '' : `, of ${bad.map(([output, l]) => `\`${output}\` ${l}`).join(' and ')}`;
    const symptom = `the ${what} of update ${training.update} is ${value}${which}`;
    const field = await firstBroken(batch.fields);
    if (field !== null)
      return this.#break(symptom, { text: `field \`${field}\` of the batch is not finite`, blame: 'data' });
    if (!Number.isFinite(loss)) {
      return this.#break(symptom, await causeOf(this.#module, training, batch, this.#config.outputs));
    }
    const text = (await brokenWeight(training)) ?? 'the weights are too large for it';
    return this.#break(symptom, { text, blame: 'steps' });
  }

  async #endEpoch(): Promise<void> {
    const { phase, epoch, update, sums } = this.progress;
    await this.#requireFinite();
    const judged = await this.#judge();
    const { samples, seconds } = sums;
    this.#hooks.epoch?.({
      phase,
      epoch,
      update,
      loss: sums.loss / samples,
      losses: mapped(sums.losses, (sum) => sum / samples),
      penalty: sums.penalty / samples,
      penalties: mapped(sums.penalties, (sum) => sum / samples),
      rate: this.progress.rate,
      validation: judged?.scores ?? null,
      watched: judged?.watched ?? null,
      seconds,
    });
    if (this.#config.inspect?.every === null) await this.#inspect();
    if (phase === 'train') this.#watchPlateau(sums.loss / samples, judged?.scores.loss ?? Number.NaN);
    const end = this.#endOf(judged);
    if (end !== null && phase !== 'over') await this.#endPhase(phase, end);
    else this.progress = { ...this.progress, epoch: epoch + 1, step: 0, sums: noSums };
    await this.#hooks.checkpoint?.(this.run);
  }

  /** The weights as they are, by the first batch of the first epoch. */
  async #inspect(): Promise<void> {
    if (this.#config.inspect === undefined) return;
    const { phase, epoch, update } = this.progress;
    const { inputs, outputs } = this.#config;
    const fields = [...inputs, ...comparedFields(outputs)];
    const before: Before = new Map(
      [...flattenTensors(this.#start.params)].flatMap(([name, variable]) => {
        const value = variable instanceof Variable ? this.#good?.get(variable) : undefined;
        return value === undefined || update === 0 ? [] : [[name, value] as const];
      }),
    );
    for await (const batch of epochBatches(this.#samples, { ...this.#config, epoch: 1, from: 0, fields })) {
      try {
        const seen = inspect(probeOf(this.#module), this.#training(), batch.fields, before);
        this.#hooks.inspect?.({ phase, epoch, update, samples: batch.size, ...seen });
      } finally {
        disposeBatch(batch);
      }
      return;
    }
  }

  // ── judging ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What the run is judged by: averages in the place of the weights that have one. */
  #evaluated(): Evaluated {
    const { params, state, optimizer } = this.#start;
    const averaged = this.#config.average !== undefined && this.progress.update > 0;
    return { params: averaged ? withAverages(params, optimizer) : params, state };
  }

  /** Whether the weights that are judged are a mean of several. */
  #isAveraged(): boolean {
    const { average } = this.#config;
    const { update, updates, perEpoch } = this.#training();
    return average?.kind === 'swa' && swaTaken(update - 1, updates, perEpoch, average) >= 1;
  }

  #forward(): Forward {
    const { params, state } = this.#evaluated();
    return (...x) => this.#module.evaluate(params, state, ...x);
  }

  async #score(samples: Samples): Promise<Scores> {
    return score({ forward: this.#forward(), lossOf: (...x) => this.#module.lossOf(...x) }, samples, this.#config);
  }

  /** The weights are finite: an output is not, or only the loss of what the network gives. */
  async #causeInValidation(samples: Samples): Promise<Cause> {
    const broken = new Set<string>();
    let isSmall = true;
    const { outputs } = this.#config;
    await forEachOutput(this.#forward(), samples, this.#config, (given) => {
      for (const [i, { name }] of outputs.entries()) {
        const values = Array.from(given[i] ?? []);
        if (!values.every(Number.isFinite)) broken.add(name);
        isSmall &&= values.every(isModerate);
      }
    });
    const [first] = broken;
    return first === undefined
      ? { text: 'what the network gives is finite, its loss is not', blame: isSmall ? 'loss' : 'steps' }
      : { text: `the weights are finite, output \`${first}\` of the network is not`, blame: 'steps' };
  }

  /** Null without a validation part, and where it is trained on for as long as was found. */
  async #judge(): Promise<Judged | null> {
    const { validation } = this.#data;
    const { phase, epoch, update, watch } = this.progress;
    if (validation === null || phase === 'retrain') return null;
    // Statistics that move with the weights are not those of their averages; measured ones are put away again.
    const moving = this.#isAveraged() ? hold(this.#start.state) : null;
    try {
      if (moving !== null) await this.#measure();
      const scores = await this.#score(validation);
      if (!Number.isFinite(scores.loss)) {
        const symptom = `the validation loss after update ${update} is ${scores.loss}`;
        return await this.#break(symptom, await this.#causeInValidation(validation));
      }
      const { stop } = this.#config;
      if (stop === undefined || phase !== 'train') return { scores, watched: null, stop: false };
      const seen = { epoch, update, value: monitored(scores, stop.monitor) };
      const verdict = watching(stop, watch, seen);
      this.progress = { ...this.progress, watch: verdict.watch };
      if (verdict.isBest && stop.restore === 'best') this.#keep(moving);
      return { scores, watched: { ...seen, monitor: stop.monitor, isBest: verdict.isBest }, stop: verdict.stop };
    } finally {
      if (moving !== null) restore(moving);
      release(moving);
    }
  }

  /** The rate falls where what the schedule watches does not. */
  #watchPlateau(loss: number, validationLoss: number): void {
    const settings = this.#config.plateau;
    if (settings === undefined) return;
    const { plateau: before, update, factors } = this.progress;
    const plateau = afterEpoch(settings, before, settings.monitor === 'loss' ? loss : validationLoss);
    const fell = plateau.factor !== before.factor;
    this.progress = {
      ...this.progress,
      plateau,
      factors: fell ? [...factors, { update, factor: plateau.factor }] : factors,
    };
  }

  /** Keeps the values as the best ones: what was evaluated, or everything where training is to go on from them. */
  #keep(moving: Held | null): void {
    release(this.#best);
    if (this.#config.reuse?.kind === 'continue') {
      if (moving !== null) restore(moving);
      this.#best = holdEverything(this.#start);
    } else this.#best = holdEvaluated(this.#start, this.#evaluated());
  }

  /** Statistics over the data of the phase, with the weights that are judged. */
  async #measure(): ReturnType<typeof measurePopulation> {
    const training = { ...this.#training(), ...this.#evaluated() };
    return measurePopulation(this.#module, training, this.#samples, this.#config);
  }

  // ── phases ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether the phase ends with this epoch, and how. */
  #endOf(judged: Judged | null): End | null {
    const { phase, epoch } = this.progress;
    const { epochs, reuse } = this.#config;
    if (phase === 'retrain') return isSpent(this.progress) ? { why: 'epochs', reached: null } : null;
    if (phase === 'continue') {
      const limit = reuse?.kind === 'continue' ? reuse.limit : epochs;
      const reached = reaches(this.progress, judged?.scores.loss ?? Number.NaN, limit);
      return reached && { why: 'epochs', reached };
    }
    if (judged?.stop === true) return { why: 'patience', reached: null };
    return epoch >= epochs ? { why: 'epochs', reached: null } : null;
  }

  async #endPhase(phase: PhaseReport['phase'], { why, reached }: End): Promise<void> {
    const next: Phase = phaseAfter(phase, this.#config.reuse);
    const found = this.progress.found ?? (await this.#found(why, next));
    if (next === 'retrain') this.#restart(found);
    else if (next === 'continue')
      this.progress = continued(found, found.kept.epoch * this.#firstPlan.batches, this.progress, begun);
    else await this.#finish(found, reached);
    this.#takeData();
    this.#hooks.phase?.({ phase, next, progress: this.progress });
  }

  /** How the first phase ended; where its weights are of use the best ones are put in their place. */
  async #found(why: Found['why'], next: Phase): Promise<Found> {
    const { epoch, update, watch } = this.progress;
    const best = this.#config.stop?.restore === 'best' ? watch.best : null;
    const kept = best ?? { epoch, update, value: null };
    if (this.#best !== null && next === 'continue') restore(this.#best);
    const target = next === 'continue' ? (await this.#score(this.#data.train)).loss : null;
    return { why, epoch, update, kept, target };
  }

  /** Initial values again, and nothing remembered. */
  #restart(found: Found): void {
    const { params, state, optimizer } = this.#start;
    const initial = this.#module.init(this.#config.seed);
    const fresh = { ...initial, optimizer: this.#module.initOptimizer(initial.params) };
    assign({ params, state, optimizer }, fresh);
    disposeAll(fresh);
    this.forgetBest();
    this.progress = retrained(found, this.progress, begun);
    this.#hooks.restart?.(this.run);
  }

  forgetBest(): void {
    release(this.#best);
    this.#best = null;
  }

  /** Weights and statistics become the final ones. */
  async #finish(found: Found, reached: Reached | null): Promise<void> {
    const { params, state } = this.#start;
    const isKept = this.progress.phase === 'train' && this.#best !== null;
    if (isKept && this.#best !== null) restore(this.#best);
    else assign({ params, state }, this.#evaluated());
    this.forgetBest();
    this.progress = { ...this.progress, phase: 'over', epoch: this.progress.epoch + 1, step: 0, sums: noSums, found };
    const measured = await measurePopulation(this.#module, this.#training(), this.#samples, this.#config);
    this.progress = { ...this.progress, reached, measured };
    await this.#requireFinite();
  }

  // ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #checkpoint(): Promise<void> {
    await this.#requireFinite();
    await this.#hooks.checkpoint?.(this.run);
  }

  /** The loss of the weights after the last update is not known yet; that they are finite can be. */
  async #requireFinite(): Promise<void> {
    const { params, state, optimizer } = this.#start;
    const broken = (await firstBroken(params, state)) ?? (await firstBroken(optimizer));
    if (broken === null) return;
    await this.#break(`\`${broken}\` is not finite after update ${this.progress.update}`, {
      text: null,
      blame: 'steps',
    });
  }

  async #break(symptom: string, cause: Cause): Promise<never> {
    const { best } = this.progress.watch;
    const isBest = this.#best !== null && best !== null;
    if (this.#best !== null) restore(this.#best);
    else if (this.#good !== null) restore(this.#good);
    // Of the best ones the averages are there already, unless everything was kept to go on from.
    const isRaw = !isBest || this.#config.reuse?.kind === 'continue';
    const kept: Run = { ...this.run, ...(isRaw ? this.#evaluated() : {}) };
    // A kernel may turn NaN into 0, so that weights go bad long before the loss does.
    const usable = (await firstBroken(kept.params, kept.state)) === null;
    const where = (await this.#hooks.broken?.(usable ? kept : null)) ?? null;
    const which = isBest
      ? `the weights of epoch ${best.epoch}, the best so far,`
      : this.#good === null
        ? 'the weights from before it'
        : 'the weights of the last finite loss';
    const at = where === null ? '' : ` in ${where}`;
    const left = usable
      ? `${which} are kept${at}`
      : where === null
        ? 'no finite weights are left'
        : `the last finite weights are${at}`;
    throw failure(runtimeErrors.notFinite, { symptom, cause: cause.text, kept: left, blame: cause.blame });
  }
}
