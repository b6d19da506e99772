// Lanes: the same clock twice, as it was and as it would have been, and what is between them with its interval.
import { type Clock } from '../shared/words.ts';
import { scale, signed, plain, type Scale } from './figures.ts';
import type { Lanes, Mark, Variant } from './rows.ts';
import { draw, picture, stroke, text, through, wide } from './svg.ts';
import { hourly, hours } from './when.ts';

const LEFT = 96, RIGHT = 8, TOP = 18, FOOT = 18, OVER = 15, HOUR_PX = 74;

/** Where things are: x of a moment or a step, y of a value in each lane. */
interface Frame { width: number; height: number; from: number; to: number; high: number; x: (at: number) => number; step: (i: number) => number; top: (lane: number) => number }
type Y = (n: number) => number;

function frame(lanes: Lanes, width: number, height: number): Frame {
  const from = Date.parse(lanes.from), n = Math.max(1, ...Object.values(lanes.series).map((one) => one.length));
  const to = lanes.to ? Date.parse(lanes.to) : from + n * lanes.step_s * 1000, room = width - LEFT - RIGHT;
  const x = (at: number): number => LEFT + ((at - from) / Math.max(1, to - from)) * room, high = (height - TOP - FOOT - 3 * OVER) / 3;
  return { width, height, from, to, high, x, step: (i) => x(Math.min(to, from + i * lanes.step_s * 1000)), top: (lane) => TOP + lane * (high + OVER) + OVER };
}

const NICE = [1, 2, 5];
/** Round numbers within a range, at most so many. */
export function ticks(lo: number, hi: number, most: number): number[] {
  const least = (hi - lo) / (most + 1), power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)));
  for (const by of [...NICE, 10, 20, 50].map((one) => one * power)) {
    const first = Math.ceil(lo / by - 1e-6), all = Array.from({ length: Math.max(0, Math.floor(hi / by + 1e-6) - first + 1) }, (_, i) => (first + i) * by + 0);
    if (all.length <= most) return all;
  }
  return [];
}

/** The least and the most of what is known, with some air; a range even if all is the same. */
function reach(all: (number | null | undefined)[]): [number, number] {
  const known = all.filter((n): n is number => typeof n === 'number'), lo = Math.min(...known), hi = Math.max(...known);
  if (!known.length) return [0, 1];
  const air = (hi - lo || Math.abs(hi) || 1) * 0.08;
  return [lo - air, hi + air];
}

/** What says its own time. */
const TIMED = /^(\w{3} )?\d\d:\d\d /;

/** Ticks with what they say, each text where it does not meet the one before it. */
function marks(all: Mark[], at: Frame, y: number, zone: Clock, busy: [number, number][] = []): SVGElement[] {
  let end = -1;
  return all.filter((one) => Date.parse(one.at) >= at.from && Date.parse(one.at) <= at.to).sort((a, b) => a.at.localeCompare(b.at)).flatMap((one) => {
    const x = at.x(Date.parse(one.at)), said = TIMED.test(one.text) ? one.text : `${zone.minute(Date.parse(one.at))} ${one.text}`, w = wide(said), isLast = x + 5 + w > at.width;
    const [from, to] = isLast ? [x - 5 - w, x - 5] : [x + 5, x + 5 + w], tick = draw('g', {}, stroke(`M${x.toFixed(1)} ${y - 9}v10`, 'mark'), draw('title', {}, said));
    if (from < end + 8 || busy.some(([a, b]) => from < b + 6 && to > a - 6)) return x < end + 2 || busy.some(([a, b]) => x > a - 2 && x < b + 2) ? [] : [tick];
    end = to;
    return [tick, text(from, y, said)];
  });
}

function axis(label: string, under: string, values: number[], y: Y, top: number, of: Scale): SVGElement[] {
  return [text(0, top + 11, label, 'h'), text(0, top + 27, under), ...values.map((n) => text(LEFT - 7, y(n) + 4, plain(n * of.by, { ...of, decimals: Number.isInteger(n) ? 0 : 1 }), 't', 'end'))];
}

const line = (series: (number | null)[], at: Frame, y: Y, by: number, name = 'lane', from = 0): SVGElement =>
  stroke(through(series.map((n, i) => (n === null || i < from ? null : [at.step(i), y(n / by)]))), name);

/** The area between two series, from a step on; nothing where either is not known. */
function between(a: (number | null)[], b: (number | null)[], at: Frame, y: Y, by: number, name: string): SVGElement {
  const known = a.map((n, i) => i).filter((i) => a[i] != null && b[i] != null);
  const there = known.map((i) => [at.step(i), y(a[i]! / by)] as [number, number]), back = known.reverse().map((i) => [at.step(i), y(b[i]! / by)] as [number, number]);
  return stroke(known.length ? `${through(there)}${through(back).replace('M', 'L')}z` : '', name);
}

/** What a lane is called at its side: its title where that fits. */
const named = (one: Variant | undefined, other: string): string => (wide(`A − ${one?.title ?? other}`, 600) > LEFT - 8 ? 'Base' : one?.title ?? other);

/** How the numbers of the lanes are written. */
export function written(lanes: Lanes): Scale {
  const all = Object.values(lanes.series).flat().map((n) => Math.abs(n ?? 0));
  return scale({ name: '', title: '', unit: lanes.unit, decimals: lanes.unit === '%' ? 1 : 0, baseline: Math.max(0, ...all) });
}

const last = (series: (number | null)[]): number | null => series.filter((n) => n !== null).at(-1) ?? null;

/** Draw base, variant and difference; `fork` is the first step that may differ. The drawing, and its playhead to be moved. */
export function lanesOf(lanes: Lanes, base: Variant | undefined, variant: Variant | undefined, fork: number, zone: Clock, width: number, height: number): { node: SVGElement; seek: (step: number | null) => void } {
  const at = frame(lanes, width, height), of = written(lanes), { by } = of, key = variant?.key ?? '', was = lanes.series.base ?? [], is = lanes.series[key] ?? [], diff = lanes.diff?.[key];
  const [lo, hi] = reach([...was, ...is].map((n) => (n === null ? n : n / by))), low = lanes.unit === '%' ? Math.max(0, lo) : lo, up = lanes.unit === '%' ? Math.min(100, hi) : hi;
  const [less, most] = reach([0, ...(diff ? [...diff.mean, ...(diff.lo ?? []), ...(diff.hi ?? [])] : [])].map((n) => (n === null ? n : n / by)));
  const level = (lane: number): Y => (n) => at.top(lane) + at.high - ((n - low) / (up - low)) * at.high, y = [level(0), level(1)], dy: Y = (n) => at.top(2) + at.high - ((n - less) / (most - less)) * at.high;
  const unit = of.unit === '%' ? 'points' : of.unit, under = `${lanes.title}, ${of.unit}`, floor = height - FOOT;
  const forkX = at.x(Date.parse(lanes.fork_at ?? lanes.from)), words = `identical until the fork, ${zone.time(Date.parse(lanes.fork_at ?? lanes.from))}`, w = wide(words, 600), isLeft = forkX - 10 - w > 0, few = Math.max(2, Math.min(4, Math.floor(at.high / 15))), whose = named(base, 'As run');
  const grid = hours(zone, at.from, at.to, (width - LEFT) / HOUR_PX).flatMap((one) => [stroke(`M${at.x(one).toFixed(1)} ${TOP}V${floor}`, 'grid'), text(Math.min(at.x(one), width - 16), height - 4, hourly(zone, one), 't', 'middle')]);
  const ends = (lane: number, series: (number | null)[]): SVGElement[] => { const n = last(series); return n === null ? [] : [text(width - RIGHT, y[lane]!(n / by) - 6, plain(n, of), 'h', 'end')]; };
  const mean = diff ? last(diff.mean) : null, bounds = [diff?.lo, diff?.hi].map((one) => (one ? last(one) : null));
  const node = picture(width, height, `${lanes.title}, ${of.unit}: ${base?.title ?? 'as run'} and ${variant?.title ?? 'changed'}, and their difference`,
    ...grid,
    ...axis(whose, under, ticks(low, up, few), y[0]!, at.top(0), of), line(was, at, y[0]!, by), ...ends(0, was),
    ...axis(variant?.key ?? '', under, ticks(low, up, few), y[1]!, at.top(1), of), between(is, was, at, y[1]!, by, 'gain'), line(was, at, y[1]!, by, 'ghost', fork), line(is, at, y[1]!, by), ...ends(1, is),
    ...axis(`${variant?.key ?? ''} − ${whose.toLowerCase()}`, unit, ticks(less, most, 2), dy, at.top(2), of),
    stroke(`M${LEFT} ${dy(0).toFixed(1)}H${width - RIGHT}`),
    ...(diff ? [...(diff.lo && diff.hi ? [between(diff.lo, diff.hi, at, dy, by, 'spread')] : []), line(diff.mean, at, dy, by)] : []),
    ...(mean === null ? [] : [text(width - RIGHT, at.top(2) - 3, `${signed(mean, of)}${bounds[0] != null && bounds[1] != null ? `, ${signed(bounds[0], of)} to ${signed(bounds[1], of)}` : ''}`, 'h', 'end')]),
    ...marks(lanes.marks?.base ?? [], at, at.top(0) - 4, zone), ...marks(lanes.marks?.[key] ?? [], at, at.top(1) - 4, zone),
    ...marks(lanes.clock ?? [], at, 10, zone, [isLeft ? [forkX - 10 - w, forkX] : [forkX, forkX + 10 + w]]),
    stroke(`M${forkX.toFixed(1)} 5V${floor}`, 'fork'), draw('rect', { x: forkX - 4, y: 1, width: 8, height: 8, class: 'dot', transform: `rotate(45 ${forkX.toFixed(1)} 5)` }),
    text(isLeft ? forkX - 10 : forkX + 10, 10, words, 'h', isLeft ? 'end' : 'start'));
  const head = draw('g', { class: 'playhead' });
  node.append(head);
  return { node, seek: (step) => head.replaceChildren(...(step === null ? [] : pointer(at, step, [[was, y[0]!, at.top(0)], [is, y[1]!, at.top(1)]], diff?.mean, dy, of, zone))) };
}

/** The playhead: a line over the lanes and what they say there. */
function pointer(at: Frame, step: number, lanes: [(number | null)[], Y, number][], diff: (number | null)[] | undefined, dy: Y, of: Scale, zone: Clock): SVGElement[] {
  const x = at.step(step), isLeft = x > at.width - 120, tx = isLeft ? x - 6 : x + 6, anchor = isLeft ? 'end' : 'start', moment = at.from + ((x - LEFT) / (at.width - LEFT - RIGHT)) * (at.to - at.from);
  const said = (n: number | null | undefined, y: number, top: number, told: string): SVGElement[] => (n == null ? [] : [draw('circle', { cx: x, cy: y, r: 3.5, class: 'dot' }), plate(tx, y + (y - 20 < top ? 18 : -8), told, anchor)]);
  return [
    stroke(`M${x.toFixed(1)} ${TOP - 4}V${at.height - FOOT}`, 'play'),
    ...lanes.flatMap(([series, y, top]) => said(series[step], y((series[step] ?? 0) / of.by), top, plain(series[step] ?? undefined, of))),
    ...said(diff?.[step], dy((diff?.[step] ?? 0) / of.by), at.top(2), signed(diff?.[step] ?? undefined, of)),
    plate(x, at.height - 4, zone.minute(moment), 'middle'),
  ];
}

/** A text that stands out from what is behind it. */
function plate(x: number, y: number, said: string, anchor: string): SVGElement {
  const w = wide(said, 600) + 6;
  return draw('g', {}, draw('rect', { x: anchor === 'end' ? x - w + 3 : anchor === 'middle' ? x - w / 2 : x - 3, y: y - 11, width: w, height: 14, class: 'plate' }), text(x, y, said, 'h', anchor));
}
