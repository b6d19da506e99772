// Series: what the trends draw: the last six hours in steps of six minutes.
import type { Kpi } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';

export type Point = [number, number];
export const STEP_MS = 360_000, SPAN_MS = 6 * 3_600_000;
const HOUR_MS = 3_600_000, HALF_HOUR = 5, FEWEST = 5;

/** The trend rows of a figure of the whole network, oldest first. */
export function rows(tower: Tower, name: string): Kpi[] {
  const from = tower.now - SPAN_MS - HOUR_MS;
  return [...tower.kpis.values()]
    .filter((row) => row.name === name && row.site === undefined && row.window_s === STEP_MS / 1000 && row.value !== undefined && Date.parse(row.window!) >= from && Date.parse(row.window!) <= tower.now)
    .sort((a, b) => a.window!.localeCompare(b.window!));
}

/** A figure as it stood at the end of each step. */
export const standing = (tower: Tower, name: string, scale: number): Point[] =>
  rows(tower, name).map((row): Point => [Date.parse(row.window!) + STEP_MS, row.value! * scale]).filter(([at]) => at >= tower.now - SPAN_MS);

/** How often something happened, a minute: at each step over the half hour before it. The step that is still running is left out. */
export function rate(tower: Tower, name: string): Point[] {
  const counts = new Map(rows(tower, name).map((row) => [Date.parse(row.window!), row.value!]));
  const last = Math.floor(tower.now / STEP_MS) * STEP_MS, found: Point[] = [];
  const first = Math.min(...counts.keys());
  for (let end = last - SPAN_MS; end <= last; end += STEP_MS) {
    if (!(end - HALF_HOUR * STEP_MS >= first)) continue;
    let sum = 0;
    for (let k = 1; k <= HALF_HOUR; k++) sum += counts.get(end - k * STEP_MS) ?? 0;
    found.push([end, sum / ((HALF_HOUR * STEP_MS) / 60_000)]);
  }
  return found;
}

/** How late nine of ten legs were at most that left in the hour before each step, min; no point where fewer than five left. */
export function late(tower: Tower): Point[] {
  const left: Point[] = [];
  for (const leg of tower.legs.values()) {
    if (leg.departed_at && leg.dep_planned) left.push([Date.parse(leg.departed_at), (Date.parse(leg.departed_at) - Date.parse(leg.dep_planned)) / 60_000]);
  }
  left.sort((a, b) => a[0] - b[0]);
  const last = Math.floor(tower.now / STEP_MS) * STEP_MS, found: Point[] = [];
  let from = 0, to = 0;
  for (let end = last - SPAN_MS; end <= last; end += STEP_MS) {
    while (to < left.length && left[to]![0] <= end) to++;
    while (from < to && left[from]![0] <= end - HOUR_MS) from++;
    if (to - from < FEWEST) continue;
    const minutes = left.slice(from, to).map(([, min]) => min).sort((a, b) => a - b);
    found.push([end, Math.max(0, minutes[Math.ceil(minutes.length * 0.9) - 1]!)]);
  }
  return found;
}
