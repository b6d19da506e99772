// Net: where. The map with its lanes and sites, and the hubs with what they have done today.
import { borders, land } from 'virtual:shapes';
import { colours, el, fit, say, stripes } from '../shared/dom.ts';
import { glyph, OUTLINES, shape } from '../shared/glyph.ts';
import type { Leg, Severity, Site } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { badWeather, count, miles, mph, UNKNOWN } from '../shared/words.ts';
import { hubs } from './docks.ts';
import { fade, staleAt } from './stale.ts';
import type { Widget } from './main.ts';

const LAND = new Path2D(land), BORDERS = new Path2D(borders);
/** What of the 975 x 610 is shown: Alaska and Hawaii are left out. */
const VIEW = { x: 16, y: 8, width: 945, height: 594 };
/** Puerto Rico and the Virgin Islands, as api/hub/albers.py places them. */
const INSET = { x: 868, y: 551, width: 92, height: 47 };
const BACK_MS = 4 * 3_600_000, AHEAD_MS = 8 * 3_600_000;
/** Share of a lane's legs, cancelled or half an hour late and more, from which it is advisory, warning, critical. */
const SHARE = [0.2, 0.4, 0.6];
const FEWEST = 2;
/** Lanes drawn strongly: the worst by what is at stake. When all are bad, the picture must still say which first. */
const HEAVY = 8;
/** How far around a site its weather is drawn, and where the word for it stands: west of Florida. */
const SEEN = { radius: 62, stripe: 9, x: 500, y: 560, end: 745 };
/** Below this visibility, 3 miles, it and not the gusts is what closes a field. */
const LOW_M = 4828;

interface Lane { from: Site; to: Site; legs: number; bad: number; cents: number; severity: Severity }

/** The lanes with a leg in the hours around now, the calm ones first. */
function lanes(tower: Tower): Lane[] {
  const found = new Map<string, Lane>();
  for (const leg of tower.legs.values()) {
    const lane = laneOf(found, leg, tower);
    if (!lane) continue;
    lane.legs++;
    if (leg.cancelled_at || (leg.late_min ?? 0) >= 30) { lane.bad++; lane.cents += leg.risk_cents ?? leg.value_cents ?? 0; }
  }
  for (const lane of found.values()) lane.severity = lane.bad < FEWEST ? 0 : (SHARE.filter((limit) => lane.bad / lane.legs >= limit).length as Severity);
  return [...found.values()].sort((a, b) => a.severity - b.severity || a.cents - b.cents || a.bad - b.bad);
}

function laneOf(found: Map<string, Lane>, leg: Leg, tower: Tower): Lane | undefined {
  const from = tower.sites.get(leg.origin ?? ''), to = tower.sites.get(leg.dest ?? ''), at = Date.parse(leg.dep_planned ?? '');
  if (from?.x === undefined || to?.x === undefined || !(at > tower.now - BACK_MS && at < tower.now + AHEAD_MS)) return undefined;
  const key = `${leg.origin} ${leg.dest}`;
  if (!found.has(key)) found.set(key, { from, to, legs: 0, bad: 0, cents: 0, severity: 0 });
  return found.get(key);
}

function arc(c: CanvasRenderingContext2D, from: Site, to: Site): void {
  const dx = to.x! - from.x!, dy = to.y! - from.y!, length = Math.hypot(dx, dy) || 1, bend = Math.min(0.16, 30 / length + 0.05);
  c.beginPath();
  c.moveTo(from.x!, from.y!);
  c.quadraticCurveTo((from.x! + to.x!) / 2 + dy * bend, (from.y! + to.y!) / 2 - Math.abs(dx) * bend, to.x!, to.y!);
  c.stroke();
}

function sign(c: CanvasRenderingContext2D, site: Site, severity: Severity, size: number, colour: Record<string, string>): void {
  c.save();
  c.translate(site.x! - size / 2, site.y! - size / 2);
  c.scale(size / 24, size / 24);
  if (severity === 1) { c.strokeStyle = colour.advisory!; c.lineWidth = 3.4; c.stroke(OUTLINES[1]); }
  else {
    c.fillStyle = [colour.normal, '', colour.warning, colour.critical][severity]!;
    c.fill(OUTLINES[severity]);
    if (severity === 2 && colour.edge !== 'transparent') { c.strokeStyle = colour.edge!; c.lineWidth = 1.6; c.stroke(OUTLINES[2]); }
  }
  c.restore();
}

function draw(canvas: HTMLCanvasElement, tower: Tower): void {
  const box = fit(canvas);
  if (!box) return;
  const { c, width, height } = box, colour = colours(), scale = Math.min(width / VIEW.width, height / VIEW.height);
  c.scale(scale, scale);
  c.translate(-VIEW.x, -VIEW.y);
  c.fillStyle = colour.land!; c.fill(LAND, 'evenodd');
  c.strokeStyle = colour.panel!; c.lineWidth = 1.3; c.stroke(BORDERS);
  c.lineCap = 'round';
  weatherSeen(c, tower, colour);
  const worst = new Map<string, Severity>(), used = new Map<string, number>(), all = lanes(tower), heavy = all.length - HEAVY;
  for (const [i, lane] of all.entries()) {
    const isHeavy = i >= heavy;
    c.strokeStyle = [colour.normal, colour.advisory, colour.warning, colour.critical][lane.severity]!;
    c.globalAlpha = isHeavy ? [0.34, 0.7, 0.95, 0.95][lane.severity]! : [0.34, 0.45, 0.5, 0.42][lane.severity]!;
    c.lineWidth = isHeavy ? [0.6 + lane.legs / 12, 1.8, 2.8, 3.4][lane.severity]! : [0.6 + lane.legs / 12, 1.2, 1.5, 1.5][lane.severity]!;
    arc(c, lane.from, lane.to);
    worst.set(lane.to.id, Math.max(worst.get(lane.to.id) ?? 0, lane.severity) as Severity);
    used.set(lane.to.id, (used.get(lane.to.id) ?? 0) + lane.legs);
  }
  c.globalAlpha = 1;
  const places = [...tower.sites.values()].filter((site) => site.x !== undefined && site.role !== 'hub').sort((a, b) => (worst.get(a.id) ?? 0) - (worst.get(b.id) ?? 0));
  for (const site of places) {
    const state = worst.get(site.id) ?? 0;
    sign(c, site, state, state === 0 ? 5 + Math.sqrt(used.get(site.id) ?? 0) * 2 : [0, 18, 20, 22][state]!, colour);
  }
  inset(c, places, colour);
  for (const site of tower.sites.values()) {
    if (site.x === undefined || site.role !== 'hub') continue;
    c.fillStyle = colour.text!; c.strokeStyle = colour.panel!; c.lineWidth = 2;
    c.fillRect(site.x! - 6, site.y! - 6, 12, 12); c.strokeRect(site.x! - 6, site.y! - 6, 12, 12);
  }
  const heaviest = places.filter((site) => worst.get(site.id) === 3).sort((a, b) => (used.get(b.id) ?? 0) - (used.get(a.id) ?? 0));
  label(c, heaviest, [...tower.sites.values()].filter((site) => site.x !== undefined && (site.role === 'hub' || (worst.get(site.id) ?? 0) > 0)), colour);
}

/** Around each site with bad weather that was observed there: stripes, with their word below the map. They say where it was seen, not how far it reaches. */
function weatherSeen(c: CanvasRenderingContext2D, tower: Tower, colour: Record<string, string>): void {
  const words = new Set<string>();
  c.fillStyle = stripes(c, SEEN.stripe, 'transparent', colour.rule!);
  c.strokeStyle = colour.dim!; c.lineWidth = 1.5; c.setLineDash([2, 5]);
  for (const site of tower.sites.values()) {
    const word = site.x === undefined ? undefined : badWeather(site);
    if (!word || staleAt(tower, 'weather')) continue;
    words.add(word.toLowerCase());
    c.beginPath(); c.arc(site.x!, site.y!, SEEN.radius, 0, 2 * Math.PI); c.fill(); c.stroke();
  }
  if (words.size) {
    c.font = '400 62px "Tower Condensed", sans-serif'; c.textBaseline = 'middle';
    const text = [...words].slice(0, 2).join(', '), x = Math.min(SEEN.x, SEEN.end - 56 - c.measureText(text).width);
    c.fillRect(x, SEEN.y - 20, 40, 40); c.strokeRect(x, SEEN.y - 20, 40, 40);
    c.fillStyle = colour.mid!; c.fillText(text, x + 56, SEEN.y);
  }
  c.setLineDash([]);
}

/** A frame around what lies in the inset of Puerto Rico and the Virgin Islands. */
function inset(c: CanvasRenderingContext2D, places: Site[], colour: Record<string, string>): void {
  if (!places.some((site) => site.x! > INSET.x && site.y! > INSET.y)) return;
  c.strokeStyle = colour.rule!; c.lineWidth = 2;
  c.strokeRect(INSET.x, INSET.y, INSET.width, INSET.height);
}

/** Where a name may stand beside its site: from the site to the middle of the name. */
const ASIDE = [[-150, -58], [-150, 62], [0, -92], [0, 96], [-200, 0]] as const;
const NAMES = 2, NAME = { width: 150, height: 62 };

/** The names of the worst sites, each where it covers neither a mark nor another name; left out if there is no such place. */
function label(c: CanvasRenderingContext2D, sites: Site[], marked: Site[], colour: Record<string, string>): void {
  c.font = '600 62px "Tower Condensed", sans-serif';
  c.textAlign = 'center'; c.textBaseline = 'middle'; c.lineJoin = 'round';
  const taken: Box[] = [...marked.map((site) => ({ x: site.x!, y: site.y!, width: 36, height: 36 })), WORDS_BOX];
  for (const site of sites.slice(0, NAMES).sort((a, b) => a.y! - b.y!)) {
    const spot = ASIDE.map(([dx, dy]) => ({ x: site.x! + dx, y: site.y! + dy, ...NAME })).find((one) => inside(one) && !taken.some((other) => meet(one, other)));
    if (!spot) continue;
    taken.push(spot);
    c.strokeStyle = colour.text!; c.lineWidth = 2.5;
    c.beginPath(); c.moveTo(site.x! + (spot.x - site.x!) * 0.1, site.y! + (spot.y - site.y!) * 0.1); c.lineTo(spot.x + (site.x! - spot.x) * 0.45, spot.y + (site.y! - spot.y) * 0.45); c.stroke();
    c.strokeStyle = colour.panel!; c.lineWidth = 10; c.strokeText(site.id, spot.x, spot.y);
    c.fillStyle = colour.text!; c.fillText(site.id, spot.x, spot.y);
  }
  c.textAlign = 'left'; c.textBaseline = 'alphabetic';
}

/** Where the words for the weather stand. */
const WORDS_BOX = { x: SEEN.x + 130, y: SEEN.y, width: 300, height: 50 };

/** A box by its middle. */
interface Box { x: number; y: number; width: number; height: number }
const meet = (a: Box, b: Box): boolean => Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;
const inside = (a: Box): boolean => a.x - a.width / 2 > VIEW.x && a.x + a.width / 2 < VIEW.x + VIEW.width && a.y - a.height / 2 > VIEW.y && a.y + a.height / 2 < VIEW.y + VIEW.height;

/** How bad it is at a site: its own deviations, and the incidents that are to blame on it. */
function worstAt(site: Site, tower: Tower): Severity {
  let worst = site.severity;
  for (const incident of tower.incidents.values()) if (incident.site === site.id && incident.severity > worst) worst = incident.severity;
  return worst;
}

function card() {
  const sign = glyph(0), name = el('b'), seen = el('span', 'mid'), done = el('i', 'done'), cut = el('i', 'cut'), n = el('b'), rest = el('span', 'dim');
  const node = el('div', 'hub', el('div', 'row', sign, name, el('span', 'grow'), seen), el('div', 'bar', done, cut), el('div', 'row', n, rest));
  return {
    node,
    paint(site: Site, severity: Severity): void {
      const cancelled = Number(site.legs_cancelled ?? 0), planned = Number(site.legs_planned ?? 0), departed = Number(site.legs_departed ?? 0), known = site.legs_planned !== undefined;
      shape(sign, severity);
      say(name, site.id);
      const blind = (site.visibility_m ?? Infinity) < LOW_M || site.gust_mps === undefined;
      say(seen, !blind ? `gust ${mph(site.gust_mps)} mph` : site.visibility_m !== undefined ? `sight ${miles(site.visibility_m)} mi` : '');
      done.style.setProperty('--share', String(planned ? departed / planned : 0));
      cut.style.setProperty('--share', String(planned ? cancelled / planned : 0));
      say(n, known ? count(cancelled) : UNKNOWN);
      say(rest, known ? `of ${count(planned)} cancelled` : 'legs are not counted yet');
    },
  };
}

export function net(): Widget {
  const canvas = document.createElement('canvas');
  canvas.className = 'map';
  const cards = [card(), card(), card()], age = el('div', 'age');
  const node = el('section', 'panel net', canvas, el('div', 'hubs', ...cards.map((one) => one.node)), age);
  return {
    node,
    paint(tower, changed) {
      if (!changed.has('second')) return;
      draw(canvas, tower);
      fade(node, age, tower, 'legs');
      const sites = hubs(tower);
      for (const [i, one] of cards.entries()) {
        one.node.hidden = sites[i] === undefined;
        if (sites[i]) one.paint(sites[i]!, worstAt(sites[i]!, tower));
      }
    },
  };
}
