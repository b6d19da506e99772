// Chosen: which incident and which deviations the person looks at, in which order the queue stands, and who the person is.
import type { Deviation, Incident, Option } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { owner } from '../shared/seen.ts';
import { others } from './adjust.ts';
import * as api from './api.ts';
import { columns, OPEN } from './columns.ts';
import { decisionOf, mayDecide, subject, type Verdict } from './decide.ts';

export const SORTS = ['value lost per minute', 'value at risk', 'time left', 'newest'] as const;
const RANK_MS = 10_000;
/** States in which a decision has gone on from what was said of it. */
const BECOME: Partial<Record<Verdict, string[]>> = { approve: ['acting', 'executed', 'failed'], rollback: ['undoing', 'rolled_back', 'failed'] };

/** What asks for a word or a choice before it is done. */
export type Asking = { verb: 'assign' | 'note' | 'find' } | { verb: 'shelve' } | { verb: 'acknowledge'; ids: string[] } | { verb: Verdict; decision: string; option?: string } | null;

/** The moves of a decision that is looked at: which lines shall stay, which go on another leg, and on which they could. */
export interface Adjusting { decision: string; moves: api.Move[]; stay: Set<string>; at: number; other: Map<string, api.Candidate>; could: Map<string, api.Candidate[]> }

export class Chosen {
  incident = '';
  deviation = '';
  readonly picked = new Set<string>();
  sort = 0;
  mine = false;
  /** Whether the cursor stays on whatever is first: until the person chooses something. */
  follows = true;
  /** Whether the pointer is over the queue: ranks do not change under it. */
  isPointed = false;
  find = '';
  asking: Asking = null;
  said = '';
  /** What was decided here last: the feed tells what becomes of it. */
  private decided: { decision: string; verdict: Verdict; said: string } | null = null;
  /** The moves of the decision that is looked at: which lines shall stay, and where the cursor is; visits are only shown. */
  adjusting: Adjusting | null = null;
  /** The option that is looked at; nothing for the one that is proposed. */
  option = '';
  /** Options of open decisions as they were told last: a decision keeps its own while options change. */
  readonly held = new Map<string, Option>();
  /** Until when the network is played slowly for the person who weighs an option, as `performance.now()`. */
  weighsUntil = 0;
  me: api.Me | null = null;
  story: { id: string; told: api.Story | null; why: string } | null = null;
  hits: api.Hit[] = [];
  order: Incident[] = [];
  members: Deviation[] = [];
  onchange = (): void => {};
  onhelp = (): void => {};
  onload = (): void => {};
  onoutlook = (): void => {};
  private ranked = 0;
  private tower: Tower | null = null;

  /** Take in the newest picture: rank, and keep the cursor where it was. */
  see(tower: Tower): void {
    this.tower = tower;
    this.hold(tower);
    api.speaksOf(tower.feed.network);
    if (!this.me && tower.feed.status === 'live') void this.sign();
    if ((performance.now() - this.ranked > RANK_MS && !this.isPointed) || this.ranked === 0 || this.order.length === 0) this.rank(tower);
    this.order = this.order.map((one) => tower.incidents.get(one.id)).filter((one): one is Incident => one !== undefined);
    const known = new Set(this.order.map((one) => one.id));
    this.order.push(...[...tower.incidents.values()].filter((one) => !known.has(one.id) && this.shows(one, tower)));
    const before = this.incident;
    if (this.follows || !tower.incidents.has(this.incident)) this.incident = this.order[0]?.id ?? '';
    if (this.incident !== before) this.option = '';
    this.members = [...tower.deviations.values()].filter((one) => one.incident === this.incident && this.matches(one)).sort(worse);
    for (const id of this.picked) if (!tower.deviations.has(id)) this.picked.delete(id);
    if (!this.members.some((one) => one.id === this.deviation)) this.deviation = this.members[0]?.id ?? '';
    if (this.story?.id !== this.deviation) void this.read();
  }

  private hold(tower: Tower): void {
    const open = new Set([...tower.decisions.values()].filter((one) => OPEN.has(one.state)).map((one) => one.option));
    for (const id of open) { const one = tower.options.get(id ?? ''); if (one) this.held.set(one.id, one); }
    for (const id of this.held.keys()) if (!open.has(id)) this.held.delete(id);
  }

  private rank(tower: Tower): void {
    const by = [
      (a: Incident, b: Incident) => loss(b, tower) - loss(a, tower),
      (a: Incident, b: Incident) => (b.value_at_risk_cents ?? 0) - (a.value_at_risk_cents ?? 0),
      (a: Incident, b: Incident) => (a.act_by ?? '9').localeCompare(b.act_by ?? '9'),
      (a: Incident, b: Incident) => (b.since ?? '').localeCompare(a.since ?? ''),
    ][this.sort]!;
    this.order = [...tower.incidents.values()].filter((one) => this.shows(one, tower))
      .sort((a, b) => by(a, b) || b.severity - a.severity || a.id.localeCompare(b.id));
    this.ranked = performance.now();
  }

  private shows(incident: Incident, tower: Tower): boolean {
    if (!this.find && !this.mine) return true;
    return [...tower.deviations.values()].some((one) => one.incident === incident.id && this.matches(one));
  }

  private matches(one: Deviation): boolean {
    if (this.mine && owner(one) !== this.me?.name) return false;
    const told = [one.subject, one.site, one.kind, one.id].map((text) => text?.toLowerCase() ?? '');
    return this.find.toLowerCase().split(/\s+/).every((word) => told.some((text) => text.includes(word)));
  }

  /** The next order of the queue. */
  resort(): void { this.sort = (this.sort + 1) % SORTS.length; this.again(); }

  again(): void { this.ranked = 0; this.onchange(); }

  /** Look at this incident, and stay there. */
  choose(id: string): void {
    this.follows = false; this.incident = id;
    this.picked.clear(); this.asking = null; this.adjusting = null; this.option = ''; this.said = '';
    this.onchange();
  }

  /** Go so many incidents on. */
  step(by: number): void {
    const at = this.order.findIndex((one) => one.id === this.incident);
    this.choose(this.order[Math.min(Math.max(at + by, 0), this.order.length - 1)]?.id ?? this.incident);
  }

  /** Look at this deviation, and stay at its incident. */
  point(id: string): void { this.follows = false; this.deviation = id; this.onchange(); }

  /** Go so many deviations on. */
  walk(by: number): void {
    const at = this.members.findIndex((one) => one.id === this.deviation);
    this.point(this.members[Math.min(Math.max(at + by, 0), this.members.length - 1)]?.id ?? this.deviation);
  }

  /** The one under the cursor. */
  get one(): Deviation | undefined { return this.members.find((each) => each.id === this.deviation); }

  /** Whether it is about a model of ours. */
  get isOfModel(): boolean { return this.one?.kind.startsWith('model.') ?? false; }

  /** Whoever else has the one under the cursor; nothing if nobody else does. */
  get other(): string {
    const who = this.one;
    return this.picked.size || !who || owner(who) === this.me?.name ? '' : owner(who);
  }

  /** Why the one under the cursor cannot be taken, given or put off; nothing if it can. */
  get barred(): string { return this.other ? `${this.other} has it; only ${this.other} can assign it to you.` : ''; }

  /** Ask for what an act needs, or say why it cannot be done. */
  wish(asking: Asking, verb: string): void {
    if (verb !== 'note' && this.barred) this.said = this.barred;
    else this.asking = asking;
    this.onchange();
  }

  /** Take the one under the cursor, or the picked ones once that is confirmed. */
  take(): void {
    if (this.subjects.length > 1) this.wish({ verb: 'acknowledge', ids: this.subjects }, 'acknowledge');
    else if (this.barred) this.wish(null, 'acknowledge');
    else void this.do('acknowledge');
  }

  /** Whether the one under the cursor is theirs who look, and no others are picked. */
  get isMine(): boolean {
    const one = this.one;
    return this.picked.size === 0 && one !== undefined && owner(one) !== '' && owner(one) === this.me?.name;
  }

  /** Give back the one under the cursor. */
  give(): void {
    if (this.isMine) void this.do('release');
    else { this.said = 'Only what you have can be given back.'; this.onchange(); }
  }

  /** What an action is about: the picked ones, or the one under the cursor. */
  get subjects(): string[] { return this.picked.size ? [...this.picked] : this.deviation ? [this.deviation] : []; }

  async do(verb: api.Verb, said: Record<string, string> = {}, ids = this.subjects): Promise<void> {
    this.asking = null;
    if (ids.length === 0) return;
    this.said = `${verb}: ${ids.length} ...`; this.onchange();
    const { done, why } = await api.act(verb, ids, said);
    this.said = [`${verb}: ${done} of ${ids.length} done`, why].filter(Boolean).join('; ');
    this.picked.clear(); this.story = null;
    this.onchange();
  }

  /** Ask whether the decision of the incident shall be so, or say why it cannot. */
  ponder(verdict: Verdict): void {
    const one = this.tower ? subject(this.tower, this.incident, verdict) ?? (verdict === 'adjust' ? subject(this.tower, this.incident, 'look') : undefined) : undefined;
    if (!mayDecide(this.me?.role, verdict)) this.said = `A key of a ${this.me?.role ?? 'viewer'} may not ${verdict === 'rollback' ? 'roll back' : verdict}.`;
    else if (one && verdict === 'adjust') void this.unfold(one.id, one.option ?? '');
    else if (one && verdict === 'approve' && this.tower?.options.get(this.option)?.kind === 'nothing') this.said = 'Doing nothing needs no approval: R rejects what is proposed.';
    else if (one) this.asking = { verb: verdict, decision: one.id, ...(verdict === 'approve' && this.option && this.option !== one.option ? { option: this.option } : {}) };
    this.onchange();
  }

  /** Look at the option in a column, from 1: approving is about that one. */
  weigh(column: number): void {
    const one = this.tower && decisionOf(this.tower, this.incident), option = this.tower && columns(this.tower, one ?? undefined, this.incident, this.held)[column - 1];
    if (!option) return;
    this.option = option.id === one?.option ? '' : option.id;
    this.asking = null; this.said = '';
    this.onchange();
  }

  /** Show the lines that the decision moves, to choose which of them shall stay. */
  private async unfold(decision: string, option: string): Promise<void> {
    const one = this.tower?.decisions.get(decision);
    let answer = await api.moves(option);
    if (answer.ok && !answer.value.count && one?.proposed_at) { // its option is no more: what it was proposed with
      this.said = 'Its option has changed since; looking up what it was proposed with ...'; this.onchange();
      answer = await api.moves(option, one.proposed_at);
    }
    if (one?.proposed_at && !this.held.has(option)) void api.option(option, one.proposed_at).then((was) => { if (was.ok) { this.held.set(option, was.value.item); this.onchange(); } });
    if (one?.incident !== this.incident) return;
    this.said = answer.ok && !answer.value.count ? 'What it moves is not known any more.' : '';
    if (answer.ok && answer.value.count) this.adjusting = { decision, moves: answer.value.items.sort((a, b) => (a.to_start ?? '').localeCompare(b.to_start ?? '') || (b.cost_cents ?? 0) - (a.cost_cents ?? 0)), stay: new Set(), at: 0, other: new Map(), could: new Map() };
    else if (!answer.ok) this.said = answer.why;
    this.onchange();
  }

  /** Let a line stay, or go after all. */
  keep(id: string): void {
    const stay = this.adjusting?.stay;
    if (!stay || this.adjusting?.moves[0]?.visit) return;
    this.said = '';
    if (!stay.delete(id)) stay.add(id);
    this.adjusting?.other.delete(id);
    this.onchange();
  }

  /** Have the line under the cursor go on the next of its candidates, or the one before; before the first, as proposed. */
  async turn(by: number): Promise<void> {
    const one = this.adjusting, move = one?.moves[one.at];
    if (!one || !move || move.visit) return;
    this.said = '';
    if (!one.could.has(move.id)) {
      const answer = await api.candidates(move);
      if (!answer.ok) { this.said = answer.why; this.onchange(); return; }
      one.could.set(move.id, answer.value.items);
    }
    const could = others(move, one.could.get(move.id) ?? []), now = could.findIndex((each) => each.leg === one.other.get(move.id)?.leg);
    const next = could[Math.min(now + by, could.length - 1)];
    if (next) { one.other.set(move.id, next); one.stay.delete(move.id); } else one.other.delete(move.id);
    if (!could.length) { const full = (one.could.get(move.id) ?? []).filter((each) => !each.is_here && each.leg !== move.to_leg).length; this.said = full ? `${full} other legs could take it, none has room.` : 'No other leg has time and goods for this line.'; }
    this.onchange();
  }

  /** Say which lines shall stay or go elsewhere; the approval comes after. */
  async adjust(): Promise<void> {
    if (!this.adjusting) return;
    const { decision, moves, stay, other } = this.adjusting;
    if (moves[0]?.visit) { this.said = 'A plan of doors is approved or rejected as a whole.'; this.onchange(); return; }
    if (stay.size + other.size === 0) { this.said = 'Choose with X which lines shall stay, with → where one goes instead.'; this.onchange(); return; }
    this.said = 'adjust ...'; this.onchange();
    const wanted = moves.filter((one) => stay.has(one.id) || other.has(one.id)).map((move) => ({ move, leg: other.get(move.id)?.leg ?? null }));
    const answer = await api.adjust(decision, wanted, '');
    if (answer.ok) this.adjusting = null;
    this.said = answer.ok ? `adjust: ${stay.size} of ${moves.length} stay${other.size ? `, ${other.size} go elsewhere` : ''}` : answer.why;
    this.onchange();
  }

  async rule(verdict: Verdict, decision: string, said: Record<string, string> = {}): Promise<void> {
    this.asking = null; this.said = `${verdict} ...`; this.onchange();
    const answer = await api.verdict(decision, verdict, said);
    this.said = answer.ok ? `${verdict}: done` : answer.why;
    this.decided = answer.ok ? { decision, verdict, said: this.said } : null;
    this.onchange();
  }

  /** What was said last; of a decision also what has become of it since, as the feed tells. */
  get told(): string {
    const one = this.decided?.said === this.said ? this.decided : null, state = one && this.tower?.decisions.get(one.decision)?.state;
    return one && state && BECOME[one.verdict]?.includes(state) ? `${this.said}, now ${state.replace('_', ' ')}` : this.said;
  }

  /** Put off for so many minutes of the network's time; 0 brings back at once. */
  shelve(minutes: number, ids = this.subjects): Promise<void> {
    return this.do('shelve', { until: new Date((this.tower?.now ?? 0) + minutes * 60_000).toISOString() }, ids);
  }

  async look(q: string): Promise<void> {
    this.find = q; this.again();
    const found = q.length > 1 ? await api.search(q) : null;
    this.hits = found?.ok ? found.value.hits : [];
    this.onchange();
  }

  /** What the queue says when it is empty. */
  get nothing(): string { return this.find || this.mine ? 'Nothing open is like that' : 'Nothing is open'; }

  /** Have the queue show only what is about one kind of deviation of one subject. */
  only(kind: string, subject: string): void {
    this.find = `${kind} ${subject}`; this.hits = []; this.mine = false; this.follows = true;
    this.again();
  }

  async pause(): Promise<void> { this.tell(await api.pause(!this.tower?.beat?.paused)); }
  async faster(factor: number): Promise<void> {
    if (this.tower) this.tell(await api.speed(Math.min(Math.max(this.tower.speed * factor, 1), 3600)));
  }

  /** Fork the day here, and go where it can be played otherwise. */
  async fork(): Promise<void> {
    if (this.tower?.beat?.mode === 'live') { this.said = 'Only recorded days can be forked.'; this.onchange(); return; }
    this.said = 'fork ...'; this.onchange();
    const answer = await api.fork();
    if (answer.ok) location.assign(`/replay${location.search}#network=${encodeURIComponent(this.tower?.feed.network ?? '')}&fork=${answer.value.id}`);
    else { this.said = answer.why; this.onchange(); }
  }

  private tell(answer: { ok: boolean; why?: string }): void { this.said = answer.ok ? '' : (answer.why ?? ''); this.onchange(); }

  private async sign(): Promise<void> {
    this.me = { name: '', role: 'viewer', networks: [] };
    const answer = await api.me();
    if (answer.ok) this.me = answer.value;
    else { this.said = answer.why; setTimeout(() => { this.me = null; }, 5000); }
    this.onchange();
  }

  private async read(): Promise<void> {
    const id = this.deviation;
    this.story = { id, told: null, why: '' };
    if (!id) return;
    await new Promise((go) => setTimeout(go, 150)); // someone who walks down a list reads none of them
    if (this.deviation !== id) return;
    const answer = await api.story(id);
    if (this.deviation === id) { this.story = { id, told: answer.ok ? answer.value : null, why: answer.ok ? '' : answer.why }; this.onchange(); }
  }
}

const worse = (a: Deviation, b: Deviation): number =>
  b.severity - a.severity || (b.value_at_risk_cents ?? 0) - (a.value_at_risk_cents ?? 0) || a.id.localeCompare(b.id);

/** Cents that a minute of waiting costs, summed over the lines of an incident; where nobody says, 0. */
export function loss(incident: Incident, tower: Tower): number {
  if (incident.loss_cents_per_min !== undefined) return incident.loss_cents_per_min;
  let sum = 0;
  for (const one of tower.deviations.values()) if (one.incident === incident.id && one.kind.startsWith('line.')) sum += one.loss_cents_per_min ?? 0;
  return sum;
}
