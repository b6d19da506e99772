// Shown: which run or fork the page is about, what is known of it, and where the playhead and the cursor are.
import { me, speaksOf, type Me } from '../shared/ask.ts';
import { told, type Tower } from '../shared/tower.ts';
import { Clock } from '../shared/words.ts';
import * as api from './api.ts';
import { changed, forkOf, isOpen, type Differs, type Fork, type Run, type Said } from './rows.ts';

const POLL_MS = 1000, LISTS_MS = 4000, FRAME_MS = 80;

export class Shown {
  me: Me | null = null;
  forks: Fork[] = [];
  runs: Run[] = [];
  run: Run | null = null;
  /** The run that is asked for; nothing where the page lists what there is. */
  wanted = '';
  /** The fork that the next comparison starts from; nothing for one made now. */
  fork = '';
  /** The changed variant in the lanes. */
  variant = '';
  /** The step of the lanes at which the playhead is; nowhere before it is moved. */
  at: number | null = null;
  playing = false;
  /** The move that is looked at, counted over all groups. */
  move = 0;
  /** The run that the cursor of the list is on. */
  row = '';
  said = '';
  /** What is asked before it is done. */
  asking: 'name' | 'use' | null = null;
  zone = new Clock('UTC');
  tower: Tower | null = null;
  /** Goes up with every answer that says something else. */
  edition = 0;
  /** Since when the API has not answered, by performance.now(). */
  lostAt: number | null = null;
  onchange = (): void => {};
  onhelp = (): void => {};
  onform = (_of: Run | null): void => {};
  onadd = (): void => {};
  onsubmit = (): void => {};
  private heard = '';
  private polling = false;
  private asked = -Infinity;

  /** Take in what the address says; it changes where somebody follows a link or goes back. */
  address(): void {
    const hash = new URLSearchParams(location.hash.slice(1)), run = hash.get('run') ?? '';
    this.fork = hash.get('fork') ?? this.fork;
    if (run === this.wanted) return;
    this.wanted = run;
    this.run = null; this.heard = ''; this.at = null; this.playing = false; this.move = 0; this.variant = ''; this.said = ''; this.asking = null; this.asked = -Infinity;
    this.edition++;
    this.onchange();
    void this.poll();
  }

  /** Go to a run, or to none. */
  go(run: string): void {
    const hash = new URLSearchParams(location.hash.slice(1));
    if (run) { hash.set('run', run); hash.delete('fork'); } else hash.delete('run');
    location.hash = hash.toString();
  }

  /** Take in the newest picture of the network: its name, its clock. */
  see(tower: Tower): void {
    this.tower = tower;
    if (tower.beat && tower.beat.tz !== this.zone.tz) { this.zone = new Clock(tower.beat.tz); this.edition++; }
    if (!this.me) void this.sign();
    else void this.poll();
  }

  private async sign(): Promise<void> {
    this.me = { name: '', role: 'viewer', networks: [] };
    const answer = await me();
    if (answer.ok) this.me = answer.value;
    else { this.said = answer.why; setTimeout(() => { this.me = null; }, 5 * POLL_MS); }
    speaksOf(told().network || this.tower?.feed.network || this.me?.networks?.[0] || '');
    void this.poll();
    this.onchange();
  }

  /** Ask for what is shown, where it may have changed: a run that is not over each second, the lists now and then. */
  async poll(): Promise<void> {
    if (this.polling || !this.me?.name || (this.run && !isOpen(this.run))) return;
    if (performance.now() - this.asked < (this.wanted ? POLL_MS : LISTS_MS)) return;
    this.polling = true; this.asked = performance.now();
    await (this.wanted ? this.follow(this.wanted) : this.list());
    this.polling = false;
  }

  private async follow(id: string): Promise<void> {
    const answer = await api.run(id);
    if (id !== this.wanted) return;
    if (answer.ok) this.take(answer.value); else this.lose(answer.why);
  }

  private async list(): Promise<void> {
    const [forks, runs] = await Promise.all([api.forks(), api.runs()]);
    if (!forks.ok || !runs.ok) { this.lose(forks.ok ? (runs as { why: string }).why : forks.why); return; }
    this.lostAt = null;
    const heard = JSON.stringify([forks.value, runs.value]);
    if (heard === this.heard) return;
    this.heard = heard; this.edition++;
    this.forks = forks.value; this.runs = runs.value;
    if (!this.runs.some((one) => one.id === this.row)) this.row = this.runs[0]?.id ?? '';
    this.onchange();
  }

  private take(run: Run): void {
    this.lostAt = null;
    const heard = JSON.stringify(run);
    if (heard === this.heard) return;
    this.heard = heard; this.run = run; this.edition++;
    if (!changed(run).some((one) => one.key === this.variant)) this.variant = changed(run)[0]?.key ?? '';
    this.onchange();
  }

  private lose(why: string): void { this.lostAt ??= performance.now(); this.said = why; this.onchange(); }

  /** Fork at a moment, RFC 3339, or now, and compare from there. */
  async forkAt(from?: string): Promise<string> {
    this.tell('fork ...');
    const answer = await api.fork(from);
    if (!answer.ok) { this.tell(answer.why); return ''; }
    this.forks = [answer.value, ...this.forks.filter((one) => one.id !== answer.value.id)];
    this.fork = answer.value.id; this.edition++; this.asked = -Infinity;
    this.tell('');
    return this.fork;
  }

  /** Fork here: where the playhead is, else now. */
  async here(): Promise<void> {
    const lanes = this.run?.lanes, at = this.at;
    const from = lanes && at !== null ? new Date(Date.parse(lanes.from) + at * lanes.step_s * 1000).toISOString() : undefined;
    if (!await this.forkAt(from)) return;
    this.onform(null);
    this.go('');
  }

  async compare(said: { base: Said; changed: Said[]; runs: number }, fork: string): Promise<void> {
    this.tell('compare ...');
    const answer = await api.compare({ fork, ...said });
    if (answer.ok) { this.said = ''; this.go(answer.value.id); } else this.tell(answer.why);
  }

  async stop(): Promise<void> {
    if (!this.run || !isOpen(this.run)) return;
    this.tell('stop ...');
    const answer = await api.stop(this.run.id);
    this.asked = -Infinity;
    this.tell(answer.ok ? '' : answer.why);
    void this.poll();
  }

  /** Ask for the name of a playbook, or whether the variant's option shall be approved. */
  wish(what: 'name' | 'use'): void {
    if (!this.run || isOpen(this.run) || !this.variant) { this.tell('Choose a comparison that is over.'); return; }
    this.asking = what;
    this.tell(what === 'use' ? `Approve the option of ${this.variant} in the network as it is now? ↵ confirms, esc leaves.` : '');
  }

  /** Keep the chosen variant under a name. */
  async keep(name: string): Promise<void> {
    this.asking = null; this.tell('keep ...');
    const answer = await api.keep(this.run?.id ?? '', this.variant, name);
    this.tell(answer.ok ? `${this.variant} is playbook ${name}, version ${answer.value.item?.version ?? 'to come'}: the desk suggests it for incidents like its own.` : answer.why);
  }

  /** Have the option of the chosen variant approved. */
  async use(): Promise<void> {
    this.asking = null; this.tell('approve ...');
    const answer = await api.use(this.run?.id ?? '', this.variant);
    this.tell(answer.ok ? `The option of ${this.variant} is approved: the desk shows what becomes of it.` : answer.why);
  }

  /** Say something to the person. */
  tell(said: string): void { this.said = said; this.onchange(); }

  /** The fork of what is shown: of the run, else the chosen one. */
  get forked(): Fork | undefined { return this.run ? forkOf(this.run, this.forks) : this.forks.find((one) => one.id === this.fork); }

  choose(variant: number): void {
    const one = changed(this.run)[variant];
    if (one) { this.variant = one.key; this.move = 0; this.onchange(); }
  }

  /** What the chosen variant plans otherwise. */
  get differs(): Differs | undefined { return this.run?.diff?.[this.variant]; }

  /** Look at the next move that differs; after the last, the first. */
  next(): void {
    const all = (this.differs?.groups ?? []).reduce((sum, one) => sum + (one.moves?.length ?? 0), 0);
    if (all) { this.move = (this.move + 1) % all; this.onchange(); }
  }

  /** How many steps the lanes have. */
  get steps(): number { return Math.max(0, ...Object.values(this.run?.lanes?.series ?? {}).map((one) => one.length)); }

  /** The step at which the lanes part. */
  get forkStep(): number {
    const lanes = this.run?.lanes;
    return lanes?.fork_at ? Math.max(0, Math.floor((Date.parse(lanes.fork_at) - Date.parse(lanes.from)) / (lanes.step_s * 1000))) : 0;
  }

  seek(step: number): void {
    if (!this.steps) return;
    this.at = Math.min(Math.max(step, 0), this.steps - 1);
    this.onchange();
  }

  /** Go so many steps on, and stay there. */
  step(by: number): void { this.playing = false; this.seek((this.at ?? this.forkStep) + by); }

  play(): void {
    if (!this.steps) return;
    this.playing = !this.playing;
    if (this.playing && (this.at === null || this.at >= this.steps - 1)) this.at = this.forkStep;
    this.onchange();
    if (this.playing) setTimeout(() => this.frame(), FRAME_MS);
  }

  private frame(): void {
    if (!this.playing) return;
    this.seek((this.at ?? 0) + 1);
    if ((this.at ?? 0) >= this.steps - 1) { this.playing = false; this.onchange(); } else setTimeout(() => this.frame(), FRAME_MS);
  }

  /** Go so many runs on in the list. */
  walk(by: number): void {
    const at = this.runs.findIndex((one) => one.id === this.row);
    this.row = this.runs[Math.min(Math.max(at + by, 0), this.runs.length - 1)]?.id ?? '';
    this.onchange();
  }

  /** A step back: from a run to the list, from there to the desk. */
  back(): void {
    if (this.wanted) this.go('');
    else location.assign(`/desk${location.search}#network=${encodeURIComponent(told().network || this.tower?.feed.network || '')}`);
  }
}

export interface Panel { node: HTMLElement; paint(shown: Shown): void }
