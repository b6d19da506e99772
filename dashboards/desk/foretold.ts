// Foretold: what our models say of a leg or a visit, in words: when, how sure, why, whose estimate is shown, what came.
import { Clock, count, UNKNOWN } from '../shared/words.ts';

/** A question that was asked, its answer and what came: docs/sql.md, table `predictions`. Minutes are after the plan. */
export interface Foretold {
  id: string; subject?: string; moment: string; issued_at?: string; arr_planned?: string; dep_planned?: string; carrier?: string;
  p05?: number; p50?: number; p95?: number; p_event?: number; why?: string; base_min?: number; carrier_min?: number; lane_min?: number;
  weather_min?: number; inbound_min?: number; congestion_min?: number; calendar_min?: number; version?: number; basis?: number;
  label_min?: number; labelled_at?: string; error_min?: number; served_by?: string; served_min?: number; tiles_min?: number; linear_min?: number;
  blend_min?: number; estimate_min?: number; shown?: 'ours' | 'carriers'; shown_min?: number; gain_min?: number; p_cancelled?: number; lead_h?: number;
  was_cancelled?: number; elapsed_min?: number; nth?: number;
}

const MIN_MS = 60_000;
/** What is asked, newest knowledge first. */
const ASKED: Record<string, string> = {
  along_the_way: 'Comes, asked on its way', at_departure: 'Comes, asked as it left', two_hours_before: 'Comes, asked before it left',
  leaving: 'Leaves', hours_before: 'Is cancelled', at_gate: 'Stays at the site', at_door: 'Is worked on',
};
/** Why there is no answer, or a wider one. */
const DOUBTS: Record<string, string> = {
  too_few_labels: 'too few outcomes to learn from yet', no_inputs: 'too little is known of it', outlasts_all: 'it has outlasted all that were learned from',
  unseen: 'its carrier or places are new', inputs_missing: 'some inputs are missing', learning_frozen: 'learning is frozen',
};
export const SERVERS: Record<string, string> = { tiles: 'our model', linear: 'the challenger', blend: 'both, by their errors', schedule: 'the plan itself' };

export const asked = (one: Foretold): string => [ASKED[one.moment] ?? one.moment.replaceAll('_', ' '), one.nth && one.nth > 1 ? `${count(one.nth)} times` : '', one.lead_h ? `asked ${count(one.lead_h)} h before` : ''].filter(Boolean).join(', ');
export const isOfVisit = (one: Foretold): boolean => one.moment === 'at_gate' || one.moment === 'at_door';
export const isChance = (one: Foretold): boolean => one.moment === 'hours_before';
const isAnswered = (one: Foretold): boolean => (isChance(one) ? one.p_cancelled : one.p50) !== undefined;

/** The questions in the order in which they are shown. */
export function inOrder(all: Foretold[]): Foretold[] {
  const order = Object.keys(ASKED);
  return [...all].sort((a, b) => order.indexOf(a.moment) - order.indexOf(b.moment));
}

/** The newest answer to when a leg comes; where there is none, the newest question. */
export function arrival(all: Foretold[]): Foretold | undefined {
  const comes = inOrder(all).filter((one) => ASKED[one.moment]?.startsWith('Comes'));
  return comes.find(isAnswered) ?? comes[0];
}

/** What its minutes are counted from, ms; NaN for a visit, whose minutes are a time that passes. */
const from = (one: Foretold): number => Date.parse((one.moment === 'leaving' ? one.dep_planned : isOfVisit(one) ? undefined : one.arr_planned) ?? '');

export const percent = (chance: number | undefined): string => (chance === undefined ? UNKNOWN : `${(chance * 100).toFixed(chance > 0 && chance < 0.0995 ? 1 : 0)} %`);
/** +24, −5, 0. */
export const minutes = (min: number | undefined): string => (min === undefined ? UNKNOWN : Math.round(min) === 0 ? '0' : `${min > 0 ? '+' : '−'}${count(Math.abs(Math.round(min)))}`);

/** Minutes after the plan as a time of the clock; of a visit as they are. */
function when(one: Foretold, min: number | undefined, zone: Clock, now: number): string {
  if (min === undefined) return UNKNOWN;
  return isOfVisit(one) ? `${count(min)} min` : zone.near(from(one) + min * MIN_MS, now);
}

/** 15:20, +24; a dash where it is not known. */
export function moment(one: Foretold, min: number | undefined, zone: Clock, now: number): string {
  return min === undefined || isOfVisit(one) ? when(one, min, zone, now) : `${when(one, min, zone, now)}, ${minutes(min)}`;
}

/** 14:58 to 15:51: it comes sooner in one of twenty, and later in one of twenty. */
export const band = (one: Foretold, zone: Clock, now: number): string =>
  one.p05 === undefined || one.p95 === undefined ? '' : `${when(one, one.p05, zone, now)} to ${when(one, one.p95, zone, now)}`;

/** Why nothing is said, or less than usual; nothing where all is as usual. */
export function doubt(one: Foretold, now = 0): string {
  const why = DOUBTS[one.why ?? ''] ?? '';
  if (!isAnswered(one)) return `no answer: ${why || 'not known why'}`;
  return [why && `wider than usual: ${why}`, isOver(one, now) ? 'it has passed: not asked anew yet' : ''].filter(Boolean).join('; ');
}

/** Whose answer it is. */
export function answered(one: Foretold): string {
  if (isChance(one)) return 'the model of cancellations';
  if (isOfVisit(one)) return one.served_by === 'schedule' ? 'our model; what is booked was less off of late' : 'our model';
  return SERVERS[one.served_by ?? ''] ?? UNKNOWN;
}

/** Whose estimate is shown, and by what that was chosen. */
export function shown(one: Foretold): string {
  if (isOfVisit(one) || isChance(one)) return isAnswered(one) ? 'ours; nobody else says' : 'nothing';
  if (one.estimate_min === undefined) return one.p50 === undefined ? 'nothing: we have no answer, the carrier gave none' : 'ours: the carrier gave no estimate';
  if (one.p50 === undefined) return "the carrier's: we have no answer";
  return one.shown === 'carriers' ? `the carrier's: ${measured(one.gain_min)}` : `ours: ${measured(one.gain_min)}`;
}

/** By how much whom was less off, by this carrier and lane, where they are few by the carrier's others and by all. */
function measured(gain: number | undefined): string {
  if (!gain) return 'nobody was measured on such legs yet';
  const by = `${Math.abs(gain).toFixed(1)} min less off on such legs`;
  return gain > 0.5 ? `it was ${by}` : gain > 0 ? `the carrier was ${by}, half a minute decides` : `we were ${by}`;
}

/** 45 % to be more than 15 min late; 2.0 % to be cancelled. */
export function chances(one: Foretold, lost: Foretold | undefined): string {
  const late = isChance(one) || one.p_event === undefined ? '' : `${percent(one.p_event)} to be more than 15 min late`;
  return [late, lost?.p_cancelled === undefined ? '' : `${percent(lost.p_cancelled)} to be cancelled, asked ${count(lost.lead_h)} h before`].filter(Boolean).join('; ') || UNKNOWN;
}

/** What each who can answer would have said. */
export function others(one: Foretold): string {
  if (isOfVisit(one)) return `${count(one.linear_min)} min when it came, usual there ${count(one.base_min)}`;
  const each: [string, number | undefined][] = [['ours', one.tiles_min], ['challenger', one.linear_min], ['both', one.blend_min]];
  return each.filter(([, min]) => min !== undefined).map(([who, min]) => `${who} ${minutes(min)}`).join(', ') || UNKNOWN;
}

/** How likely it is that it comes late or never: late 62 %, cancelled 3.1 %. */
export const chance = (one: Foretold): string =>
  isChance(one) ? (one.p_cancelled === undefined ? '' : `cancelled ${percent(one.p_cancelled)}`) : one.p_event === undefined ? '' : `late ${percent(one.p_event)}`;

/** Whether even the late end of what was said has passed, and nothing came. */
const isOver = (one: Foretold, now: number): boolean => one.labelled_at === undefined && one.p95 !== undefined && from(one) + one.p95 * MIN_MS < now;

/** What came of it, and by how much that was beyond ours: 15:31, +11 on ours; of a leg that is gone it is known before its label. */
export function came(one: Foretold, zone: Clock, now: number, isGone: boolean): string {
  if (isGone && !isOfVisit(one) && one.label_min === undefined) return isChance(one) ? 'was cancelled' : 'never: cancelled';
  if (one.labelled_at === undefined) return isOver(one, now) ? 'overdue by ours' : 'not yet';
  if (isChance(one)) return one.was_cancelled ? 'was cancelled' : 'left';
  if (one.label_min === undefined) return 'never';
  return `${when(one, one.label_min, zone, now)}${one.error_min === undefined ? '' : `, ${minutes(one.error_min)} on ours`}`;
}

/** What an estimate is made of, minutes each; they add up to p50. Nothing where there is no answer. */
export function parts(one: Foretold): [string, number][] {
  if (one.p50 === undefined || isChance(one)) return [];
  const base = isOfVisit(one) ? 'Usual there' : one.moment === 'at_departure' ? 'Left late by' : one.moment === 'along_the_way' ? 'Newest estimate, or now' : 'As planned';
  const groups: [string, number | undefined][] = [
    ['Carrier', one.carrier_min], ['Lane', one.lane_min], ['Weather', one.weather_min], ['Inbound vehicle', one.inbound_min],
    ['Congestion', one.congestion_min], ['Hour and day', one.calendar_min],
  ];
  const served = one.served_by === 'tiles' || !one.served_min ? [] : [[isOfVisit(one) ? 'This visit' : `Answered by ${SERVERS[one.served_by ?? ''] ?? 'another'}`, one.served_min] as [string, number]];
  return [[base, one.base_min ?? 0], ...groups.filter((each): each is [string, number] => each[1] !== undefined), ...served];
}
