// Words: numbers, times and causes as people read them. Nothing is invented: what is not known is a dash.
import type { Incident, Site } from './rows.ts';

export const UNKNOWN = '–';
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1,234; a dash if it is not known. */
export const count = (n: number | undefined): string => (n === undefined ? UNKNOWN : whole.format(n));

/** A count in five characters: 640, 9,400, 62k, 1.28M. */
export function large(n: number): string {
  if (n < 9_999.5) return whole.format(n);
  return n < 999_500 ? `${whole.format(n / 1e3)}k` : `${(n / 1e6).toFixed(2)}M`;
}

/** 1 leg, 41 legs. */
export const many = (n: number, word: string, told: (n: number) => string = count): string => `${told(n)} ${word}${n === 1 ? '' : 's'}`;

/** $184k, $38.0k, $960, $0.07. */
export function money(cents: number | undefined): string {
  if (cents === undefined) return UNKNOWN;
  const dollars = cents / 100;
  if (Math.abs(dollars) >= 999_500) return `$${(dollars / 1e6).toFixed(2)}M`;
  if (Math.abs(dollars) >= 99_950) return `$${whole.format(dollars / 1e3)}k`;
  if (Math.abs(dollars) >= 1000) return `$${(dollars / 1e3).toFixed(1)}k`;
  return Math.abs(dollars) >= 1 || cents === 0 ? `$${whole.format(dollars)}` : `$${dollars.toFixed(2)}`;
}

/** How long: 0.4s, 48s, 4m10, 27m, 1h 12, 3d 4h. */
export function span(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)}s`;
  if (seconds < 119.5) return `${Math.round(seconds)}s`;
  if (seconds < 299.5) return `${Math.floor(seconds / 60)}m${pad(Math.floor(seconds % 60))}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${String(minutes % 60).padStart(2, '0')}`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** How long is left: 06:12 within the hour, 1h 12 beyond; "over" once it has passed. */
export function left(until: string | undefined, now: number): string {
  if (until === undefined) return UNKNOWN;
  const seconds = Math.floor((Date.parse(until) - now) / 1000);
  if (seconds < 0) return 'over';
  if (seconds < 3600) return `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
  return span(seconds);
}

/** in 06:12; over; a dash if it is not known. */
export function within(until: string | undefined, now: number): string {
  const rest = left(until, now);
  return rest === 'over' || rest === UNKNOWN ? rest : `in ${rest}`;
}

const pad = (n: number): string => String(n).padStart(2, '0');

/** The clock of a zone: time of day, day, name of the zone. */
export class Clock {
  private readonly parts: Intl.DateTimeFormat;
  private readonly zone: Intl.DateTimeFormat;

  constructor(readonly tz: string) {
    this.parts = new Intl.DateTimeFormat('en-GB', { timeZone: tz, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
    this.zone = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'short' });
  }

  private part(at: number): Record<string, string> {
    return Object.fromEntries(this.parts.formatToParts(at).map((p) => [p.type, p.value]));
  }

  /** 12:58:20 */
  time(at: number): string { const p = this.part(at); return `${p.hour}:${p.minute}:${p.second}`; }
  /** 12:58 */
  minute(at: number): string { const p = this.part(at); return `${p.hour}:${p.minute}`; }
  /** 12:58:20 of the same day, Wed 02:15 of another. */
  stamp(at: number, now: number): string {
    const p = this.part(at), today = this.part(now);
    return p.day === today.day && p.month === today.month ? this.time(at) : `${p.weekday} ${p.hour}:${p.minute}`;
  }
  /** 12:58 of the same day, Wed 02:15 of another. */
  near(at: number, now: number): string { return this.stamp(at, now).replace(/^(\d\d:\d\d):\d\d$/, '$1'); }
  /** The hour as a number. */
  hour(at: number): number { return Number(this.part(at).hour); }
  /** Fri 8 Feb 2013 EST */
  day(at: number): string {
    const p = this.part(at), name = this.zone.formatToParts(at).find((one) => one.type === 'timeZoneName')?.value ?? this.tz;
    return `${p.weekday} ${p.day} ${p.month} ${p.year} ${name}`;
  }
}

/** What the weather of a site is, in a word. */
export const weather = (site: Site | undefined): string => (!site || site.observed_at === undefined ? 'Weather' : (badWeather(site) ?? 'Past weather'));

/** The weather that was observed at a site, where it is bad. */
export function badWeather(site: Site): string | undefined {
  if (site.observed_at === undefined) return undefined;
  const wet = (site.precip_mm_h ?? 0) >= 0.25, cold = (site.temp_c ?? 99) <= 1;
  if (wet && cold) return 'Snow';
  if (wet && (site.precip_mm_h ?? 0) >= 1.3) return 'Rain';
  if ((site.gust_mps ?? 0) >= 17) return 'Gusts';
  if ((site.visibility_m ?? 1e5) < 3219) return 'Low visibility';
  return undefined;
}

/** What kinds of options are called. */
export const KINDS: Record<string, string> = { joint: 're-plan', spare: 'spare room', nothing: 'do nothing', redock: 're-seat visits' };

const DAY_MS = 86_400_000;
/** What an incident is called. What the weather is now names none that began more than a day ago. */
export function title(incident: Incident, sites: Map<string, Site>, now = 0): string {
  const where = incident.site ?? '', at = where ? ` at ${where}` : '';
  switch (incident.cause) {
    case 'weather': return now - Date.parse(incident.since ?? '') > DAY_MS ? `Weather${at}, ${span((now - Date.parse(incident.since!)) / 1000)}` : `${weather(sites.get(where))}${at}`;
    case 'legs': return where ? `${where} legs in trouble` : 'Legs in trouble';
    case 'docks': return `Docks${at}`;
    case 'lines': return `Backlog${at}`;
    case 'stock': return `Stock short${at}`;
    case 'supply': return `Supply late${at}`;
    case 'demand': return `Orders unlike usual${at}`;
    case 'carriers': return incident.members === 1 ? 'A carrier is unreliable' : 'Carriers are unreliable';
    case 'actions': return `Actions unanswered${at}`;
    case 'models': return 'Predictions are off';
    case 'source': return `${incident.source ?? 'A source'} is silent`;
    default: return `Other${at}`;
  }
}

/** What an incident reaches: 41 legs, 883 lines. */
export function reach(incident: Incident): string {
  const parts = ([['leg', incident.legs], ['visit', incident.visits], ['line', incident.lines]] as const)
    .filter(([, n]) => n).map(([word, n]) => many(n!, word));
  return parts.join(', ') || `${count(incident.members)} open`;
}

export const mph = (mps: number | undefined): string => (mps === undefined ? UNKNOWN : whole.format(mps * 2.23694));
export const miles = (m: number | undefined): string => (m === undefined ? UNKNOWN : (m / 1609.344).toFixed(m < 3219 ? 1 : 0));
