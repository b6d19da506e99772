// Columns: what is told of each option beside the others, and which options are told.
import type { Decision, Option } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, many, money, UNKNOWN, within } from '../shared/words.ts';

export const COLUMNS = 3;
/** States in which a decision waits, or is being done. */
export const OPEN = new Set(['proposed', 'approved', 'adjusted', 'acting', 'undoing']);

export const signed = (cents: number | undefined): string => (cents === undefined ? UNKNOWN : `${cents > 0 ? '+' : cents < 0 ? '−' : ''}${money(Math.abs(cents))}`);
const more = (n: number | undefined): string => (n === undefined ? UNKNOWN : `${n > 0 ? '+' : n < 0 ? '−' : ''}${count(Math.abs(n))}`);
/** Promises kept more and money spared: +40, +$2.1k; 0 where neither differs. */
const both = (n: number | undefined, cents: number | undefined): string => (n === undefined && cents === undefined ? UNKNOWN : !n && !cents ? '0' : `${more(n ?? 0)}, ${signed(cents)}`);

/** What is told of each option; the decision's own figures where the feed has no options. */
export const ROWS: [string, (one: Option, now: number) => string][] = [
  ['Net value', (one) => signed(one.net_cents)],
  ['in a bad case, p10', (one) => signed(one.net_p10_cents)],
  ['in a good case, p90', (one) => signed(one.net_p90_cents)],
  ['Cost', (one) => signed(one.cost_cents)],
  ['Value kept', (one) => signed(one.value_kept_cents)],
  ['Lines kept', (one) => count(one.lines_kept)],
  ['left without a leg', (one) => count(one.unserved)],
  ['Promises kept', (one) => more(one.on_time_delta)],
  ['express', (one) => both(one.express_on_time, one.express_cents)],
  ['standard', (one) => both(one.standard_on_time, one.standard_cents)],
  ['economy', (one) => both(one.economy_on_time, one.economy_cents)],
  ['Booked lines moved', (one) => count(one.churn_lines)],
  ['Confidence', (one) => (one.confidence === undefined ? UNKNOWN : `${(one.confidence * 100).toFixed(0)} %`)],
  ['Expires', (one, now) => within(one.expires_at, now)],
];

/** Whether an option does anything: one without moves is doing nothing by another name. */
const acts = (one: Option): boolean => one.kind === 'nothing' || one.moves !== 0;

/**
 * What there is to choose from: the best that stand, doing nothing last. An open decision keeps what it was proposed
 * with while options change: where its option is no more, it has a column of its own, first, as `held` remembers it.
 */
export function columns(tower: Tower, one: Decision | undefined, incident: string, held: Map<string, Option>): Option[] {
  const all = [...tower.options.values()].filter((each) => each.incident === incident && acts(each)).sort((a, b) => (a.rank ?? 99) - (b.rank ?? 99));
  const isGone = one !== undefined && !all.some((each) => each.id === one.option);
  const own = one && isGone && (OPEN.has(one.state) || !all.length) ? [{ id: one.option ?? one.id, incident, ...held.get(one.option ?? ''), ...told(one) }] : [];
  const shown = [...own, ...all];
  return shown.length > COLUMNS ? [...shown.slice(0, COLUMNS - 1), shown.at(-1)!] : shown;
}

/** What a decision says itself of what it is about. */
function told(one: Decision): Partial<Option> {
  const { net_cents, confidence, expires_at, moves } = one;
  return Object.fromEntries(Object.entries({ net_cents, confidence, expires_at, moves }).filter(([, value]) => value !== undefined));
}

/** Why there is no choice, or what binds the option that is looked at and how old it is. */
export function reason(option: Option | undefined, one: Decision | undefined, tower: Tower, zone: Clock): string {
  if (!option || option.kind === 'nothing') return 'Nothing is better than leaving it: no move of its lines saves anything.';
  const isOwn = option.id === one?.option, isOld = isOwn && OPEN.has(one?.state ?? '') && !tower.options.has(option.id);
  const is = (n: number): string => many(n, one?.type === 'redock' ? 'visit' : 'line');
  return [
    isOld && one?.proposed_at ? `Proposed ${zone.stamp(Date.parse(one.proposed_at), tower.now)}; newer options stand beside it.${option.net_p10_cents === undefined ? ' E looks up the rest.' : ''}` : '',
    isOwn && one?.state === 'adjusted' ? `Adjusted, moves ${is(one.moves ?? 0)}; figures are of what was proposed.` : option.moves ? `Moves ${is(option.moves)}.` : '',
    option.binding ? `${option.binding} binds: one more load saves ${money(option.price_cents)}.` : '',
  ].filter(Boolean).join(' ');
}
