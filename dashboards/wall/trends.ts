// Trends: which way it goes, over six hours in steps of six minutes, with the band in which it is normal.
import { colours, el, fit, say } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import type { Severity } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { count, UNKNOWN } from '../shared/words.ts';
import type { Widget } from './main.ts';

const STEP_S = 360, SPAN_MS = 6 * 3_600_000;
/** Above the highest point of a figure that has no plan. */
const HEADROOM = 1.25;
type Point = [number, number];

interface Told { label: string; name: string; unit: string; scale: number; digits: number; floor: number; ceiling?: number; band?: [number, number]; limits?: number[]; down?: boolean }

const TOLD: Told[] = [
  { label: 'On time, 6h', name: 'on_time_ratio', unit: '%', scale: 100, digits: 1, floor: 60, band: [90, 100], limits: [90, 80, 70], down: true },
  { label: 'Late p90, 6h', name: 'late_p90_min', unit: 'min', scale: 1, digits: 0, floor: 0, ceiling: 120, band: [0, 45], limits: [45, 90, 180] },
  { label: 'Events, 6h', name: 'events', unit: '/min', scale: 60 / STEP_S, digits: 0, floor: 0 },
  { label: 'Deviations, 6h', name: 'deviations_opened', unit: '/h', scale: 3600 / STEP_S, digits: 0, floor: 0 },
];

/** The points of a figure of the whole network, oldest first; the step that is still running is left out of rates. */
function series(tower: Tower, told: Told): Point[] {
  const from = tower.now - SPAN_MS, found: Point[] = [];
  for (const row of tower.kpis.values()) {
    if (row.name !== told.name || row.site !== undefined || row.window_s !== STEP_S || row.value === undefined) continue;
    const at = Date.parse(row.window!);
    if (at >= from && at <= tower.now) found.push([at, row.value * told.scale]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}

function severity(told: Told, value: number): Severity {
  return (told.limits ?? []).filter((limit) => (told.down ? value < limit : value >= limit)).length as Severity;
}

function draw(canvas: HTMLCanvasElement, points: Point[], told: Told, now: number, state: Severity): void {
  const box = fit(canvas);
  if (!box) return;
  const { c, width, height } = box, colour = colours(), pad = height * 0.06;
  const most = Math.max(...points.map((p) => p[1]), told.floor + 1);
  const top = told.band ? Math.max(told.ceiling ?? told.band[1], most) : most * HEADROOM, low = Math.min(told.floor, ...points.map((p) => p[1]));
  const x = (t: number): number => ((t - now + SPAN_MS) / SPAN_MS) * (width - pad * 2), y = (v: number): number => height - pad - ((v - low) / (top - low)) * (height - 2 * pad);
  if (told.band) { c.fillStyle = colour.band!; c.fillRect(0, y(told.band[1]), width, y(told.band[0]) - y(told.band[1])); }
  if (points.length === 0) return;
  c.strokeStyle = colour.text!; c.lineWidth = Math.max(1.5, height * 0.04); c.lineJoin = 'round';
  c.beginPath();
  for (const [i, [t, v]] of points.entries()) i ? c.lineTo(x(t), y(v)) : c.moveTo(x(t), y(v));
  c.stroke();
  const [t, v] = points.at(-1)!, side = height * 0.12;
  c.fillStyle = [colour.text, colour.advisory, colour.warning, colour.critical][state]!;
  c.fillRect(x(t) - side / 2, y(v) - side / 2, side, side);
}

export function trends(): Widget {
  const parts = TOLD.map((told) => {
    const sign = glyph(0), value = el('span'), canvas = document.createElement('canvas');
    const node = el('div', 'panel trend', el('div', '', el('div', 'label', told.label), el('div', 'value', sign, value, el('small', '', told.unit))), canvas);
    return { told, sign, value, canvas, node };
  });
  return {
    node: el('section', 'trends', ...parts.map((part) => part.node)),
    paint(tower, changed) {
      if (!changed.has('kpis') && !changed.has('second')) return;
      for (const { told, sign, value, canvas } of parts) {
        const points = series(tower, told), last = points.at(-1)?.[1], state = last === undefined ? 0 : severity(told, last);
        say(value, last === undefined ? UNKNOWN : told.digits ? last.toFixed(told.digits) : count(last));
        shape(sign, state);
        sign.toggleAttribute('hidden', state === 0);
        draw(canvas, points, told, tower.now, state);
      }
    },
  };
}
