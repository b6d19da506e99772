// Tower: where the feed is, and the picture of the network that the widgets paint.
import { connect, type Feed } from './feed.js';
import type { Decision, Deviation, Dock, Heartbeat, Incident, Kpi, Leg, Option, Playbook, Price, Severity, Site, Source } from './rows.ts';
import { NOBODY, seen, type Seen } from './seen.ts';

const REPAINT_MS = 100, SECOND = 1000;
/** Further behind its scenario, seconds on the wall, a network is catching up: what is shown is as of its records. */
const CATCHING_UP_S = 10;
/** Recorded days are judged as if they went at least so fast, also while they are paused. */
const RECORDED_SPEED = 60;

/** The newest of everything, and which now it is. */
export class Tower {
  beat: Heartbeat | null = null;
  private beatAt = 0;
  /** How fast the scenario goes, or went before it was paused. */
  speed = RECORDED_SPEED;
  readonly delays: number[] = [];
  /** What has been told of: channels, the heartbeat. */
  private readonly known = new Set<string>();
  private seen: Map<string, Seen> | null = null;

  constructor(readonly feed: Feed) {}

  private map<T>(channel: string): Map<string, T> { return (this.feed.rows[channel] ?? new Map()) as unknown as Map<string, T>; }
  get deviations(): Map<string, Deviation> { return this.map('deviations'); }
  get incidents(): Map<string, Incident> { return this.map('incidents'); }
  get prices(): Map<string, Price> { return this.map('prices'); }
  get options(): Map<string, Option> { return this.map('options'); }
  get playbooks(): Map<string, Playbook> { return this.map('playbooks'); }
  get decisions(): Map<string, Decision> { return this.map('decisions'); }
  get sites(): Map<string, Site> { return this.map('sites'); }
  get legs(): Map<string, Leg> { return this.map('legs'); }
  get docks(): Map<string, Dock> { return this.map('docks'); }
  get kpis(): Map<string, Kpi> { return this.map('kpis'); }

  /** Who sees to an incident's deviations. */
  seenTo(incident: string): Seen {
    this.seen ??= seen(this.deviations.values(), this.now);
    return this.seen.get(incident) ?? NOBODY;
  }

  /** Take in what has changed. What is told of for the first time has all be painted at once, as each second does. */
  hear(changed: Set<string>): void {
    const before = this.known.size;
    for (const name of changed) if (name in this.feed.rows || name === 'heartbeat') this.known.add(name);
    if (this.known.size > before) changed.add('second');
    if (changed.has('deviations') || changed.has('second')) this.seen = null;
    if (this.feed.heartbeat === this.beat) return;
    this.beat = this.feed.heartbeat as Heartbeat | null;
    this.beatAt = performance.now();
    this.speed = this.beat?.speed || this.speed;
  }

  /** Whether every channel and the heartbeat have been told of: before that, what is not shown may be on its way. */
  get isWhole(): boolean { return this.known.size > Object.keys(this.feed.rows).length; }
  /** Whether there has been a record: before the first one, now is the year 1970. */
  get begun(): boolean { return this.beat !== null && Date.parse(this.beat.now) > 0; }
  get frozen(): boolean { return this.feed.frozen || this.beat === null; }
  /** Seconds since the last frame. */
  get silence(): number { return this.feed.age / SECOND; }

  /** The moment that the network has reached, ms; it goes on between heartbeats, and stops with them. */
  get now(): number {
    if (!this.beat) return 0;
    if (this.catchingUp) return Date.parse(this.beat.now);
    const told = Date.parse(this.beat.scenario_time);
    if (this.frozen || this.beat.paused) return told;
    return told + Math.min(performance.now() - this.beatAt, 4 * SECOND) * this.beat.speed;
  }

  /** Whether what is shown is as of its records, not as of now: while a day's beginning is taken in, or control cannot keep up. */
  get catchingUp(): boolean { return this.beat !== null && this.behind > CATCHING_UP_S * (this.beat.mode === 'live' ? 1 : Math.max(RECORDED_SPEED, this.beat.speed)); }

  /** How old a source is at the moment that is shown, s. */
  age(source: Source): number { return this.catchingUp ? Math.max(0, source.age_s - this.behind) : source.age_s; }

  /** How bad a value of a deviation's kind is, by the levels that the server has. */
  level(kind: string, value: number): Severity {
    const levels = this.beat?.levels?.[kind];
    return (!levels ? 0 : [levels.advisory, levels.warning, levels.critical].filter((level) => level !== undefined && value >= level).length) as Severity;
  }

  /** How far behind the scenario the records are, s; large while a day's beginning is being taken in. */
  get behind(): number { return this.beat ? (Date.parse(this.beat.scenario_time) - Date.parse(this.beat.now)) / SECOND : 0; }
}

/** The key and the network that the address carries behind #, which browsers never send. */
export function told(): { token: string; network: string } {
  const said = new URLSearchParams(location.hash.slice(1));
  const kept = said.get('key') ?? sessionStorage.getItem('key') ?? '';
  if (kept) sessionStorage.setItem('key', kept);
  return { token: kept, network: said.get('network') ?? '' };
}

/** Where the stream is: the API says; where it does not, behind the page's own port. */
async function where(token: string): Promise<string> {
  try {
    const answer = await fetch('/v1/where', { headers: { Authorization: `Bearer ${token}` } });
    if (answer.ok) return ((await answer.json()) as { stream: string }).stream;
  } catch { /* the hub may be there without the API */ }
  return `ws://${location.hostname}:${Number(location.port || 80) + 1}/v1/stream`;
}

/** Listen to these channels; `paint` is called at most ten times a second, and each second at least. */
export async function listen(channels: string[], paint: (tower: Tower, changed: Set<string>) => void): Promise<Tower> {
  const { token, network } = told();
  const feed = connect({ url: await where(token), token, network, channels: Object.fromEntries(channels.map((name) => [name, { max_hz: 5 }])) });
  const tower = new Tower(feed);
  const changed = new Set<string>(), page = document.querySelector('main');
  let last = 0, waiting = false, build = '';
  const repaint = (): void => {
    waiting = false; last = performance.now();
    const some = new Set(changed); changed.clear();
    tower.hear(some);
    paint(tower, some);
    if (tower.isWhole || feed.status === 'refused') page?.setAttribute('aria-busy', 'false');
    if (tower.beat && build && tower.beat.build !== build) location.reload(); // another build serves another page
    build = tower.beat?.build ?? build;
  };
  const soon = (names: Iterable<string>): void => {
    for (const name of names) changed.add(name);
    if (waiting) return;
    waiting = true;
    setTimeout(repaint, Math.max(0, REPAINT_MS - (performance.now() - last)));
  };
  feed.onchange = soon;
  setInterval(() => soon(['second']), SECOND);
  soon(['status']);
  return tower;
}
