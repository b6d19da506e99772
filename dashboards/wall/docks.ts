// Docks: which doors are in trouble and which fail next; a hub a board, a door a lane, four hours ahead.
import { colours, el, fit, mark, say, stripes } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import type { Dock, Severity, Site, Waiting } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count } from '../shared/words.ts';
import { fade } from './stale.ts';
import type { Widget } from './main.ts';

const BOARDS = 3, BACK_MS = 3_600_000, AHEAD_MS = 4 * 3_600_000;
const TALL = { on_plan: 0.62, booked: 0.62, overrun: 0.8, blocked: 0.88 };

/** The sites with most doors, by name. */
export function hubs(tower: Tower): Site[] {
  const gates = [...tower.sites.values()].filter((site) => site.doors !== undefined || site.role === 'hub');
  return gates.sort((a, b) => (b.doors ?? 0) - (a.doors ?? 0) || a.id.localeCompare(b.id)).slice(0, BOARDS).sort((a, b) => a.id.localeCompare(b.id));
}

function severity(site: Site, doors: Dock[], tower: Tower): Severity {
  const queue = tower.level('dock.queue', site.waiting ?? 0);
  const states = doors.flatMap((door) => door.slots ?? []).filter((slot) => !slot.over).map((slot) => slot.state);
  return Math.max(queue, states.includes('blocked') ? 3 : 0, states.filter((state) => state === 'overrun').length > 2 ? 2 : states.includes('overrun') ? 1 : 0) as Severity;
}

/** Booked visits that have no door yet, each in the first lane that is free then; `until`: when each lane is free. What finds none is left out. */
function bookings(until: number[], waiting: Waiting[], now: number): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (const visit of waiting) {
    const start = Math.max(Date.parse(visit.window_start ?? ''), now), end = start + Date.parse(visit.window_end ?? '') - Date.parse(visit.window_start ?? '');
    const lane = end > start ? until.findIndex((free) => free <= start) : -1;
    if (lane < 0) continue;
    until[lane] = end;
    found.push([lane, start, end]);
  }
  return found;
}

function draw(canvas: HTMLCanvasElement, doors: Dock[], waiting: Waiting[], now: number, zone: Clock): void {
  const box = fit(canvas);
  if (!box) return;
  const { c, width, height } = box, colour = colours(), unit = height / 14.2, axis = 4.1 * unit, tall = height - axis;
  const x = (at: number): number => ((at - now + BACK_MS) / (BACK_MS + AHEAD_MS)) * width;
  const lane = tall / Math.max(doors.length, 1), cut = stripes(c, unit * 0.9, colour.critical!, colour.hatch!);
  c.font = `400 ${3.85 * unit}px "Tower Condensed", sans-serif`; c.textBaseline = 'middle';
  for (let at = Math.ceil((now - BACK_MS) / 3_600_000) * 3_600_000; at < now + AHEAD_MS; at += 3_600_000) {
    c.fillStyle = colour.line!; c.fillRect(x(at), 0, Math.max(1, unit * 0.1), tall);
    const text = `${zone.hour(at)}h`, w = c.measureText(text).width;
    if (zone.hour(at) % 2 === 0 && x(at) - w / 2 > 0 && x(at) + w / 2 < width) { c.fillStyle = colour.dim!; c.fillText(text, x(at) - w / 2, tall + axis / 2); }
  }
  for (const [i, door] of doors.entries()) {
    if (door.closed_at) { c.fillStyle = cut; c.fillRect(x(Math.max(Date.parse(door.closed_at), now - BACK_MS)), i * lane + lane * 0.1, width, lane * 0.8); }
    for (const slot of door.slots ?? []) {
      if (!slot.start) continue;
      const from = Math.max(0, x(Date.parse(slot.start))), to = Math.min(width, x(Math.max(slot.end ? Date.parse(slot.end) : now, slot.over ? 0 : now)));
      if (to <= from) continue;
      const h = lane * TALL[slot.state], y = i * lane + (lane - h) / 2;
      c.fillStyle = slot.state === 'blocked' ? cut : slot.state === 'overrun' ? colour.warning! : colour.normal!;
      c.globalAlpha = slot.over || slot.state === 'booked' ? 0.5 : 1;
      c.fillRect(from, y, Math.max(to - from - 0.5, 1), h);
      c.globalAlpha = 1;
    }
  }
  const until = doors.map((door) => Math.max(door.closed_at ? Infinity : now, ...(door.slots ?? []).filter((slot) => !slot.over).map((slot) => Date.parse(slot.end ?? '') || now)));
  c.strokeStyle = colour.dim!; c.lineWidth = Math.max(1, unit * 0.12);
  for (const [i, start, end] of bookings(until, waiting, now)) {
    const from = x(start), to = Math.min(x(end), width - 1), h = lane * TALL.booked;
    if (to > from + 2) c.strokeRect(from + 0.5, i * lane + (lane - h) / 2, to - from - 1.5, h);
  }
  c.fillStyle = colour.text!; c.fillRect(x(now) - unit * 0.15, 0, Math.max(1.5, unit * 0.3), tall);
}

export function docks(): Widget {
  const age = el('div', 'age'), quiet = el('div', 'quiet', 'No door is known yet.'), boards = Array.from({ length: BOARDS }, () => {
    const sign = glyph(0), name = el('b'), used = el('span'), waiting = el('span', 'dim'), canvas = document.createElement('canvas');
    return { node: el('div', '', el('div', 'row', sign, name, used, el('span', 'grow'), waiting), canvas), sign, name, used, waiting, canvas };
  });
  const node = el('section', 'panel docks',
    el('div', 'row', el('span', 'dim', 'Dock doors'), el('span', 'grow'), el('i', 'swatch booked'), el('span', 'dim', 'booked'), el('i', 'swatch plan'), el('span', 'dim', 'on plan'),
      el('i', 'swatch over'), el('span', 'dim', 'overrun'), el('i', 'swatch shut'), el('span', 'dim', 'blocked')),
    el('div', 'boards', ...boards.map((board) => board.node)), quiet, age);
  let zone = new Clock('UTC');
  return {
    node,
    paint(tower, changed) {
      if (!changed.has('second')) return;
      if (tower.beat && tower.beat.tz !== zone.tz) zone = new Clock(tower.beat.tz);
      const sites = hubs(tower);
      fade(node, age, tower, 'docks');
      quiet.hidden = sites.length > 0;
      for (const [i, board] of boards.entries()) {
        const site = sites[i];
        board.node.hidden = site === undefined;
        if (!site) continue;
        const doors = [...tower.docks.values()].filter((dock) => dock.site === site.id && dock.door).sort((a, b) => a.id.localeCompare(b.id));
        shape(board.sign, severity(site, doors, tower));
        say(board.name, site.id);
        say(board.used, site.doors === undefined ? '' : `${count(site.doors_in_use)}/${count(site.doors)}`);
        say(board.waiting, `${count(site.waiting ?? 0)} wait`);
        mark(board.waiting, 'dim', (site.waiting ?? 0) < 10);
        draw(board.canvas, doors, tower.docks.get(`${site.id}/waiting`)?.waiting ?? [], tower.now, zone);
      }
    },
  };
}
