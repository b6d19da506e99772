// Trends: which way it goes, over six hours in steps of six minutes, with the band in which it is normal.
import { colours, el, fit, say } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import { share, today } from '../shared/load.ts';
import type { Severity } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { count, UNKNOWN } from '../shared/words.ts';
import { below, BELOW, FLOOD, LATE_MIN, level, LONG_TERM } from './limits.ts';
import type { Widget } from './main.ts';
import { plan } from './plan.ts';
import { late, rate, rows, SPAN_MS, standing, STEP_MS, type Point } from './series.ts';

/** Above the highest point of a figure that has no band. */
const HEADROOM = 1.25;
/** A line is broken where so much is missing, and the newest point speaks for now no longer than that. */
const GAP_MS = 3 * STEP_MS;

interface Picture { points: Point[]; state: Severity; band?: [number, number]; now?: number | undefined }
interface Told { label: string; unit: string; digits: number; floor: number; ceiling?: number; aim?: number; steady?: true; bend?(value: number): number; look(tower: Tower): Picture; beside?(tower: Tower): string[] }

const EVENTS = 'Events, 6h';
const TOLD: Told[] = [
  { label: 'On time, 6h', unit: '%', digits: 1, floor: 60, ceiling: 100, look: onTime },
  { label: 'Late p90, 6h', unit: 'min', digits: 0, floor: 0, ceiling: 120, look: lateness },
  { label: EVENTS, unit: '/min', digits: 0, floor: 0, look: (tower) => ({ points: rate(tower, 'events'), state: 0 }) },
  { label: 'Alarms, 10 min', unit: '', digits: 0, floor: 0, ceiling: 12, aim: LONG_TERM, steady: true, bend: Math.log1p, look: alarms, beside },
];

/** Below the band is what the day's plan does not have. */
function onTime(tower: Tower): Picture {
  const last = rows(tower, 'on_time_ratio').at(-1), plan = last?.plan;
  return { points: standing(tower, 'on_time_ratio', 100), state: level(below(last), BELOW), ...(plan === undefined ? {} : { band: [plan * 100 - BELOW[0]!, 100] as [number, number] }) };
}

function lateness(tower: Tower): Picture {
  const points = late(tower);
  return { points, state: level(points.at(-1)?.[1] ?? 0, LATE_MIN), band: [0, LATE_MIN[0]!] };
}

/** Within the band is what one operator can see to; it is bent, so that a flood does not press that flat. */
function alarms(tower: Tower): Picture {
  const now = today(tower, 'alarms_10min')?.value;
  return { points: standing(tower, 'alarms_10min', 1), state: level(now ?? 0, FLOOD), band: [0, FLOOD[0]! - 1], now };
}

/** What else says how loaded the operator is. */
function beside(tower: Tower): string[] {
  const flood = today(tower, 'alarms_flood_share')?.value, off = today(tower, 'alarms_shelved')?.value;
  return [`flood ${share(flood)} of day`, `${count(off)} shelved`];
}

function draw(canvas: HTMLCanvasElement, { points, state, band }: Picture, told: Told, now: number): void {
  const box = fit(canvas);
  if (!box) return;
  const { c, width, height } = box, colour = colours(), pad = height * 0.08, side = height * 0.14;
  const most = Math.max(...points.map((p) => p[1]), told.floor + 1);
  const top = told.ceiling === undefined ? most * HEADROOM : Math.max(told.ceiling, most), low = Math.min(told.floor, ...points.map((p) => p[1]));
  const x = (t: number): number => ((t - now + SPAN_MS) / SPAN_MS) * (width - side), bend = told.bend ?? ((v: number): number => v);
  const y = (v: number): number => height - pad - ((bend(v) - bend(low)) / (bend(top) - bend(low))) * (height - 2 * pad);
  if (band) { c.fillStyle = colour.band!; c.fillRect(0, y(band[1]), width, y(band[0]) - y(band[1])); }
  if (told.aim !== undefined) { c.fillStyle = colour.dim!; c.fillRect(0, y(told.aim), width - side, Math.max(1, height * 0.015)); }
  if (points.length === 0) return;
  c.strokeStyle = colour.text!; c.lineWidth = Math.max(1.5, height * 0.04); c.lineJoin = 'round';
  c.beginPath();
  for (const [i, [t, v]] of points.entries()) i && t - points[i - 1]![0] <= GAP_MS ? c.lineTo(x(t), y(v)) : c.moveTo(x(t), y(v));
  c.stroke();
  const [t, v] = points.at(-1)!;
  c.fillStyle = [colour.text, colour.advisory, colour.warning, colour.critical][state]!;
  c.fillRect(x(t) - side / 2, y(v) - side / 2, side, side);
  if (state === 2 && colour.edge !== 'transparent') { c.strokeStyle = colour.edge!; c.lineWidth = 1; c.strokeRect(x(t) - side / 2, y(v) - side / 2, side, side); }
}

export function trends(): Widget {
  const parts = TOLD.map((told) => {
    const sign = glyph(0), value = el('span'), unit = el('small', '', told.unit), canvas = document.createElement('canvas');
    const lines = (told.beside ? ['', ''] : []).map(() => el('div', 'mid')), node = el('div', 'panel trend', el('div', '', el('div', 'label', told.label), el('div', 'value', sign, value, unit)), canvas, ...(lines.length ? [el('div', 'beside', ...lines)] : []));
    return { told, sign, value, unit, canvas, lines, node };
  });
  const planned = plan(), events = parts.find((part) => part.told.label === EVENTS)!.node, all = parts.map((part) => part.node);
  all.splice(all.indexOf(events), 0, planned.node);
  return {
    node: el('section', 'trends', ...all),
    paint(tower, changed) {
      if (!changed.has('kpis') && !changed.has('second')) return;
      planned.node.hidden = !planned.is(tower);
      events.hidden = !planned.node.hidden; // sources tell their rates below
      if (!planned.node.hidden) planned.paint(tower);
      for (const { told, sign, value, unit, canvas, lines } of parts) {
        const picture = told.look(tower), last = picture.points.at(-1);
        const known = picture.now ?? (last !== undefined && tower.now - last[0] <= GAP_MS ? last[1] : undefined), is = known !== undefined, state = is ? picture.state : 0;
        say(value, is ? (told.digits && known < 1000 ? known.toFixed(told.digits) : count(known)) : UNKNOWN);
        for (const [i, text] of (told.beside?.(tower) ?? []).entries()) say(lines[i]!, text);
        unit.hidden = !is;
        shape(sign, state);
        sign.toggleAttribute('hidden', state === 0 && !told.steady);
        draw(canvas, { ...picture, state }, told, tower.now);
      }
    },
  };
}
