/** An explanation as a person reads it in a terminal of 80 columns: what is in force in bold, what lost dimmed below it. */
import picocolors from 'picocolors';
import type {
  DataExplanation,
  Declared,
  Explanation,
  InputExplanation,
  ListExplanation,
  NetworkExplanation,
  PlaceExplanation,
  PolicyExplanation,
  RuleExplanation,
  SectionExplanation,
  SettingExplanation,
  TrainExplanation,
  UpdateExplanation,
  WeightExplanation,
} from '../check/explain/index.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Shape } from '../ir/graph.ts';
import type { Formula } from '../ir/vocabulary.ts';

interface ExplanationOptions {
  readonly color: boolean;
  readonly unicode: boolean;
  /** Of the terminal, in cells. */
  readonly width?: number;
  /** The text of a file: places are told by line. */
  readonly sources: (file: string) => string | undefined;
}

export const renderExplanation = (explanation: Explanation, options: ExplanationOptions): string =>
  new Page(options).of(explanation);

/** Why a rule is not in force, as a remark behind it. */
const reasons = {
  pin: 'a pin beats every rule',
  set: '`--set` beats every rule',
  specificity: 'less specific',
  order: 'written earlier',
  extends: 'replaced by the policy that extends it',
  composition: 'replaced by a later policy',
} as const;

const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;
const grouped = (n: number): string => n.toLocaleString('en-US');
const plural = (n: number, one: string): string => `${grouped(n)} ${one}${n === 1 ? '' : 's'}`;
const widthOf = (text: string): number => [...text].length;

const specificityText = ({ kind, refinements }: NonNullable<Declared['specificity']>): string =>
  refinements === 0 ? kind : `${kind} + ${refinements}`;

/** `2 of 3 kernels; no effect on 1 that is frozen` */
function reachText({ inForce, reaches, of, why, idle }: RuleExplanation): string {
  const count = inForce === reaches ? `${reaches} ${of}` : `${inForce} of ${reaches} ${of}`;
  const idles = idle.map(({ reason, count: n }) => `no effect on ${n} that ${idleReasons[reason](n)}`);
  return [`${count}${why === null ? '' : `: ${reasons[why]}`}`, ...idles].join('; ');
}

const idleReasons = {
  frozen: (n: number) => (n === 1 ? 'is frozen' : 'are frozen'),
  start: (n: number) => (n === 1 ? 'starts from a file' : 'start from a file'),
} as const;

const cutOffText = ({ cutOff, rule }: RuleExplanation): string => {
  const all = rule === cutOff.join(', ');
  const which = all ? '' : `${cutOff.map((s) => `\`${s}\``).join(', ')} ${cutOff.length === 1 ? 'is' : 'are'} `;
  return `${which}cut off: a later policy or \`--set\` took away what ${all ? 'it is' : 'that is'} about`;
};

class Page {
  readonly #width: number;
  readonly #won: string;
  readonly #lost: string;
  readonly #sources: ExplanationOptions['sources'];
  readonly #paint: ReturnType<typeof picocolors.createColors>;

  constructor({ color, unicode, width = 80, sources }: ExplanationOptions) {
    this.#width = Math.max(40, Math.min(width, 100));
    this.#won = unicode ? '✓' : '+';
    this.#lost = unicode ? '✗' : '-';
    this.#sources = sources;
    this.#paint = picocolors.createColors(color);
  }

  of(e: Explanation): string {
    const lines = ((): readonly string[] => {
      switch (e.kind) {
        case 'place':
          return this.#place(e);
        case 'list':
          return this.#list(e);
        case 'network':
          return this.#network(e);
        case 'train':
          return this.#train(e);
        case 'section':
          return this.#section(e);
        case 'policy':
          return this.#policy(e);
        case 'input':
          return this.#input(e);
        case 'data':
          return this.#data(e);
      }
    })();
    return lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  // ── pieces ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** `examples/lenet.nrm:12` */
  #at(span: Span | null): string {
    if (span === null) return '';
    const text = this.#sources(span.file);
    return text === undefined ? span.file : `${span.file}:${text.slice(0, span.start).split('\n').length}`;
  }

  /** Something on the left and its place on the right; on a line of its own where both do not fit. */
  #beside(left: string, span: Span | null, paint: (text: string) => string = (t) => t): readonly string[] {
    const right = this.#at(span);
    const gap = this.#width - widthOf(left) - widthOf(right);
    if (right === '') return [paint(left)];
    return gap >= 2
      ? [`${paint(left)}${' '.repeat(gap)}${this.#paint.dim(right)}`]
      : [paint(left), `${' '.repeat(Math.max(0, this.#width - widthOf(right)))}${this.#paint.dim(right)}`];
  }

  #wrapped(text: string, indent: string, separator = ' '): readonly string[] {
    const lines: string[] = [];
    let line = indent;
    for (const [i, word] of text.split(separator).entries()) {
      const piece = i === 0 ? word : `${separator}${word}`;
      if (i > 0 && widthOf(line) + widthOf(piece) > this.#width) {
        lines.push(`${line}${separator.trimEnd()}`);
        line = `${indent}${word}`;
      } else line += piece;
    }
    return [...lines, line];
  }

  #under(network: string, policy: string | null): string {
    return `network ${network}${policy === null ? ', no policy' : ` under policy ${policy}`}`;
  }

  /** `policy Modern: conv, dense (op)` */
  #source(d: Declared): string {
    const rule = d.rule === null ? '' : `: ${d.rule}`;
    return `${d.by}${rule}${d.specificity === null ? '' : ` (${specificityText(d.specificity)})`}`;
  }

  /** What is in force, then what lost; what is in force without an effect is dimmed as what lost is. */
  #setting({ inForce, lost, key, remark }: SettingExplanation): readonly string[] {
    const { bold, dim, green } = this.#paint;
    const idle = remark !== null;
    const sign = idle ? this.#lost : this.#won;
    const detail = this.#wrapped(`${this.#source(inForce)}${idle ? `: ${remark}` : ''}`, '      ');
    return [
      ...this.#beside(`  ${sign} ${key}: ${inForce.value}`, inForce.span, (t) =>
        idle ? dim(t) : bold(t.replace(sign, green(sign))),
      ),
      ...(idle ? detail.map(dim) : detail),
      ...lost.flatMap((l) => [
        ...this.#beside(`  ${this.#lost} ${key}: ${l.value}`, l.span, dim),
        ...this.#wrapped(`${this.#source(l)}: ${reasons[l.why]}`, '      ').map(dim),
      ]),
    ];
  }

  #update({ steps, rate }: UpdateExplanation, title: string): readonly string[] {
    const longest = Math.max(...steps.map((s) => widthOf(s.text)));
    const beside = longest + 30 <= this.#width;
    const { dim, bold } = this.#paint;
    return [
      `  ${title}`,
      ...steps.flatMap(({ text, note }, i) => {
        const shown = i === steps.length - 1 ? bold(text) : text;
        if (note === null) return [`      ${shown}`];
        const pad = ' '.repeat(Math.max(3, longest - widthOf(text) + 3));
        return beside && longest + widthOf(note) + 9 <= this.#width
          ? [`      ${shown}${pad}${dim(note)}`]
          : [`      ${shown}`, ...this.#wrapped(note, '          ').map(dim)];
      }),
      ...(rate === null
        ? ['      rate: as the train says, which is not known here']
        : [`      rate = ${rate.text}`, ...rate.where.map((line) => dim(`          ${line}`))]),
    ];
  }

  // ── layers and weights ─────────────────────────────────────────────────────────────────────────────────────────────

  #place(e: PlaceExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    const what = e.op === null ? `${e.slot} slot, empty` : e.slot === null ? e.op : `${e.op}, fills ${e.slot}`;
    return [
      ...this.#beside(`${e.path} · ${what}`, e.span, bold),
      ...this.#wrapped(this.#under(e.network, e.policy), '').map(dim),
      ...(e.doc === '' ? [] : this.#wrapped(e.doc, '').map(dim)),
      '',
      ...(e.only === null ? [...this.#arguments(e), ...this.#flow(e)] : []),
      ...(e.settings.length === 0 || e.only !== null ? [] : [...e.settings.flatMap((s) => this.#setting(s)), '']),
      ...e.weights.flatMap((w, i) => {
        const same = (other: WeightExplanation): boolean => JSON.stringify(other.update) === JSON.stringify(w.update);
        return [...(i === 0 ? [] : ['']), ...this.#weight(w, e.weights.slice(0, i).find(same) ?? null)];
      }),
    ];
  }

  #arguments({ arguments: args, op }: PlaceExplanation): readonly string[] {
    if (op === null || args.length === 0) return [];
    const said = args.filter((a) => a.from !== 'default');
    const rest = args.filter((a) => a.from === 'default').map((a) => `${a.name} ${a.value}`);
    const column = Math.max(8, ...said.map((a) => a.name.length));
    return [
      ...said.map((a) => `  ${a.name.padEnd(column)}  ${a.value}${a.why === null ? '' : `   (auto: ${a.why})`}`),
      ...(rest.length === 0
        ? []
        : this.#wrapped(rest.join(', '), `  ${' '.repeat(column)}  `, ', ').map((line, i) =>
            i === 0 ? `  ${'defaults'.padEnd(column)}  ${line.trimStart()}` : line,
          )),
    ];
  }

  #flow({ inputs, output, shares }: PlaceExplanation): readonly string[] {
    if (output === null) return [];
    return [
      ...inputs.map((i) => `  takes     ${i.from} ${shapeText(i.shape)}`),
      `  gives     ${shapeText(output)}`,
      ...(shares === null ? [] : [`  weights   those of ${shares}`]),
      '',
    ];
  }

  /** `like`: a weight above with the same update. */
  #weight(w: WeightExplanation, like: WeightExplanation | null): readonly string[] {
    const change = { trained: 'trained', measured: 'a moving statistic', frozen: 'frozen' }[w.changes];
    const head = `${w.path}  ${shapeText(w.shape)}, ${plural(w.count, 'number')}, ${change}`;
    return [
      this.#paint.bold(head),
      ...w.settings.flatMap((s) => this.#setting(s)),
      ...(w.reads.length === 0
        ? []
        : ['  its layer reads', ...w.reads.flatMap((formula) => this.#formula('W ← ', formula))]),
      ...(w.update === null
        ? []
        : like === null
          ? this.#update(w.update, 'each update')
          : [`  each update: as that of ${like.name}`]),
    ];
  }

  #formula(arrow: string, { text, where }: Formula): readonly string[] {
    const { bold, dim } = this.#paint;
    return [`      ${arrow}${bold(text)}`, ...where.flatMap((line) => this.#wrapped(line, '          ').map(dim))];
  }

  // ── several ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #list(e: ListExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    const specific = e.specificity.map((s) => specificityText(s.specificity)).join(', ');
    const title =
      e.what === 'selector'
        ? `${e.title} · selector${specific === '' ? '' : ` (${specific})`}`
        : e.what === 'again'
          ? e.title
          : `${e.title} · ${e.what}`;
    return [
      ...this.#beside(`${title}, ${plural(e.places.length, 'place')}`, e.span, bold),
      ...this.#wrapped(this.#under(e.network, e.policy), '').map(dim),
      ...e.places.flatMap((p) => ['', ...this.#compact(p)]),
    ];
  }

  /** A line for each setting: what is in force, and how many rules lost to it. */
  #compact(p: PlaceExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    const rows = [
      ...p.settings.map((s) => ({ of: '', s })),
      ...p.weights.flatMap((w) =>
        w.settings
          .filter((s) => s.inForce.kind !== 'default' && s.remark === null)
          .map((s) => ({ of: `${w.name}.`, s })),
      ),
    ];
    return [
      ...this.#beside(`${p.path} · ${p.op ?? 'empty'}`, p.span, bold),
      ...(p.shares === null ? [] : [`  weights: those of ${p.shares}`]),
      ...rows.flatMap(({ of, s }) => {
        const left = `  ${of}${s.key}: ${s.inForce.value}`;
        const over = s.lost.length === 0 ? '' : `, over ${s.lost.length}`;
        const right = `${this.#source(s.inForce)}${over}`;
        const column = Math.max(34, widthOf(left) + 2);
        return column + widthOf(right) <= this.#width
          ? [`${left.padEnd(column)}${dim(right)}`]
          : [left, ...this.#wrapped(right, '      ').map(dim)];
      }),
    ];
  }

  #network(e: NetworkExplanation): readonly string[] {
    const { bold } = this.#paint;
    const counts = [
      `${plural(e.trained, 'trained number')}`,
      ...(e.frozen === 0 ? [] : [`${grouped(e.frozen)} frozen`]),
      ...(e.statistics === 0 ? [] : [plural(e.statistics, 'moving statistic')]),
    ];
    const owners = [...new Set(e.rules.map((r) => r.policy))];
    return [
      ...this.#beside(this.#under(e.network, e.policy), e.span, bold),
      ...(e.parameters.length === 0 ? [] : [`  ${e.parameters.map((p) => `${p.name} = ${p.value}`).join(', ')}`]),
      `  ${counts.join(', ')}${e.choices === 0 ? '' : ', on the first path of each choice'}`,
      ...(e.empty.length === 0 ? [] : this.#wrapped(`slots that stay empty: ${e.empty.join(', ')}`, '  ')),
      ...owners.flatMap((owner) => [
        '',
        bold(owner),
        ...e.rules.filter((r) => r.policy === owner).flatMap((r) => this.#rule(r)),
      ]),
      ...e.sections.flatMap(({ section, settings }) => [
        '',
        bold(section),
        ...settings.flatMap((s) => this.#setting(s)),
      ]),
    ];
  }

  #rule(r: RuleExplanation): readonly string[] {
    const { bold, dim, green } = this.#paint;
    const text = r.key === '' ? `${r.rule}: ${r.value}` : `${r.rule} { ${r.key}: ${r.value} }`;
    const dead = r.inForce === 0;
    const where = [
      ...(r.reaches === 0 ? [] : [reachText(r)]),
      ...(r.cutOff.length === 0 ? [] : [cutOffText(r)]),
      ...(r.reaches === 0 && r.cutOff.length === 0 ? ['finds nothing, which its `?` allows'] : []),
    ].join('; ');
    return [
      ...this.#beside(`  ${dead ? this.#lost : this.#won} ${text}`, r.span, (t) =>
        dead ? dim(t) : bold(t.replace(this.#won, green(this.#won))),
      ),
      ...this.#wrapped(where, '      ').map((line) => (dead ? dim(line) : line)),
    ];
  }

  #train(e: TrainExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    const column = Math.max(...e.settings.map((s) => s.key.length)) + 2;
    return [
      ...this.#beside(`train ${e.train}`, e.span, bold),
      ...this.#wrapped(this.#under(e.network, e.policy), '').map(dim),
      '',
      ...e.settings.flatMap((s) => {
        const from = s.from === 'default' ? '   (default)' : s.from === 'set' ? '   (--set)' : '';
        return [
          ...this.#beside(`  ${s.key.padEnd(column)}${s.value}${from}`, s.from === 'spec' ? s.span : null),
          ...(s.full === null ? [] : this.#wrapped(s.full, ' '.repeat(column + 2)).map(dim)),
        ];
      }),
      '',
      ...this.#update(e.update, bold('every parameter w, each update t').trimStart()),
      '',
      bold('  and beside it'),
      ...e.groups.flatMap((g) => [
        `      ${g.text}`,
        ...this.#wrapped(g.weights.join(', '), '          ', ', ').map(dim),
      ]),
    ];
  }

  #policy(e: PolicyExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    return [
      ...this.#beside(`policy ${e.name}`, e.span, bold),
      ...this.#wrapped(this.#under(e.network, e.policy), '').map(dim),
      '',
      ...e.rules.flatMap((r) => this.#rule(r)),
    ];
  }

  #input(e: InputExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    return [
      ...this.#beside(`${e.name} · input`, e.span, bold),
      ...this.#wrapped(this.#under(e.network, e.policy), '').map(dim),
      '',
      `  gives     ${e.dtype} ${shapeText(e.shape)}`,
      `  taken by  ${e.takenBy.join(', ')}`,
      ...(e.preprocessing === null ? [] : [`  data      ${e.preprocessing === 'none' ? 'as it is' : e.preprocessing}`]),
    ];
  }

  #data(e: DataExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    const share = `${Number((100 * e.validation).toPrecision(12))}%`;
    const column = Math.max(...e.fields.map((f) => f.name.length), 'validation'.length) + 2;
    return [
      ...this.#beside(`data ${e.name}`, e.span, bold),
      dim(`of train ${e.train}`),
      '',
      `  ${'source'.padEnd(column)}${e.source}`,
      ...(e.validation === 0 ? [] : [`  ${'validation'.padEnd(column)}${share} of what there is to train on`]),
      ...e.parts.map(({ name, text }) => `  ${name.padEnd(column)}${text}`),
      ...e.fields.flatMap((f) => this.#beside(`  ${f.name.padEnd(column)}${f.text}   ${f.use}`, f.span)),
    ];
  }

  #section(e: SectionExplanation): readonly string[] {
    const { bold, dim } = this.#paint;
    return [
      bold(`${e.section} · section`),
      ...this.#wrapped(this.#under(e.network, e.policy), '').map(dim),
      '',
      ...(e.settings.length === 0 ? [`  ${nothingSaid[e.section]}`] : e.settings.flatMap((s) => this.#setting(s))),
      ...e.settings.flatMap(({ formula }) =>
        formula === null ? [] : ['', '  each update', ...this.#formula(arrows[e.section], formula)],
      ),
    ];
  }
}

/** What the formulas of a section are about. */
const arrows: Readonly<Record<SectionExplanation['section'], string>> = { gradient: 'g ← ', input: 'x ← ', stop: '' };

const nothingSaid: Readonly<Record<SectionExplanation['section'], string>> = {
  gradient: 'gradients are not clipped',
  input: 'inputs are taken as they are',
  stop: 'training ends after its last epoch, with the weights it has then',
};
