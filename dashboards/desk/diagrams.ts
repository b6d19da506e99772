// Diagrams: why (from the cause to the lines, by destination) and when (what happened, what has to happen by then).
import { colours, fit } from '../shared/dom.ts';
import type { Deviation, Incident, Severity } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, money, mph, title } from '../shared/words.ts';

const GROUPS = 5, FONT = '12px Tower, sans-serif';
interface Group { site: string; legs: number; lines: number; cents: number; severity: Severity }

/** The deviations of an incident by where its lines go: the places with most lines, then all others together. */
function groups(members: Deviation[], tower: Tower): Group[] {
  const found = new Map<string, Group>();
  for (const one of members) {
    const leg = one.kind.startsWith('leg.') ? tower.legs.get(one.subject ?? '') : undefined, site = leg?.dest ?? one.site ?? 'elsewhere';
    const group = found.get(site) ?? { site, legs: 0, lines: 0, cents: 0, severity: 0 };
    found.set(site, group);
    if (one.kind.startsWith('leg.')) group.legs++;
    if (one.kind.startsWith('line.')) { group.lines++; group.cents += one.value_at_risk_cents ?? 0; }
    group.severity = Math.max(group.severity, one.severity) as Severity;
  }
  const all = [...found.values()].sort((a, b) => b.lines - a.lines || b.legs - a.legs || a.site.localeCompare(b.site));
  if (all.length <= GROUPS) return all;
  const rest = all.slice(GROUPS - 1);
  return [...all.slice(0, GROUPS - 1), {
    site: `${rest.length} other sites`, legs: sum(rest, 'legs'), lines: sum(rest, 'lines'), cents: sum(rest, 'cents'), severity: Math.max(...rest.map((one) => one.severity)) as Severity,
  }];
}

const sum = (groups: Group[], name: 'legs' | 'lines' | 'cents'): number => groups.reduce((total, one) => total + one[name], 0);

export function why(canvas: HTMLCanvasElement, incident: Incident, members: Deviation[], tower: Tower): void {
  const box = fit(canvas);
  if (!box) return;
  const { c, width, height } = box, colour = colours(), all = groups(members, tower), total = Math.max(sum(all, 'lines'), 1);
  const top = 20, gap = 6, scale = (height - top - gap * Math.max(all.length - 1, 0) - all.length * 16) / total, columns = [0, width * 0.36, width - 190], widths = [width * 0.2, width * 0.2, 190];
  c.font = FONT; c.textBaseline = 'middle';
  const heads = [incident.cause === 'weather' ? 'Weather' : 'Cause', sum(all, 'legs') ? `Legs, ${count(sum(all, 'legs'))}` : 'Where to', `Lines, ${count(sum(all, 'lines'))}`];
  c.fillStyle = colour.dim!;
  for (const [i, head] of heads.entries()) c.fillText(head, columns[i]!, 7);
  const tints = [colour.normal!, colour.advisory!, colour.warning!, colour.critical!];
  const block = (x: number, y: number, w: number, h: number, severity: Severity, text: string, more: string): void => {
    c.fillStyle = colour.raise!; c.fillRect(x, y, w, h);
    c.strokeStyle = colour.rule!; c.lineWidth = 1; c.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
    if (severity) { c.fillStyle = tints[severity]!; c.fillRect(x, y, 4, h); }
    c.fillStyle = colour.text!; c.fillText(text, x + 11, y + h / 2);
    c.fillStyle = colour.dim!; c.textAlign = 'right'; c.fillText(more, x + w - 7, y + h / 2); c.textAlign = 'left';
  };
  let y = top, from = top;
  for (const [i, group] of all.entries()) {
    const h = 16 + group.lines * scale;
    c.globalAlpha = i ? 0.26 : 0.42; c.fillStyle = colour.normal!;
    band(c, columns[0]! + widths[0]!, from, columns[1]!, y, h);
    if (group.lines) band(c, columns[1]! + widths[1]!, y, columns[2]!, y, h);
    c.globalAlpha = 1;
    block(columns[1]!, y, widths[1]!, h, group.severity, group.site, group.legs ? count(group.legs) : '');
    block(columns[2]!, y, widths[2]!, h, 0, `${count(group.lines)} lines`, group.cents ? money(group.cents) : '');
    y += h + gap; from += h;
  }
  const site = incident.site ? tower.sites.get(incident.site) : undefined;
  block(columns[0]!, top, widths[0]!, Math.max(from - top, 40), incident.severity, '', '');
  c.fillStyle = colour.text!; c.font = `600 ${FONT}`; c.fillText(title(incident, tower.sites, tower.now), 11, top + 16, widths[0]! - 16); c.font = FONT;
  c.fillStyle = colour.dim!;
  if (incident.cause === 'weather' && site) {
    const told = [site.gust_mps !== undefined ? `gust ${mph(site.gust_mps)} mph` : '', site.visibility_m !== undefined ? `sight ${(site.visibility_m / 1609.344).toFixed(1)} mi` : '', site.temp_c !== undefined ? `${site.temp_c.toFixed(0).replace('-', '−')} °C` : ''].filter(Boolean);
    for (const [i, text] of told.entries()) if (top + 34 + i * 15 < from) c.fillText(text, 11, top + 34 + i * 15);
  }
}

function band(c: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number, h: number): void {
  const middle = (x0 + x1) / 2;
  c.beginPath();
  c.moveTo(x0, y0); c.bezierCurveTo(middle, y0, middle, y1, x1, y1);
  c.lineTo(x1, y1 + h); c.bezierCurveTo(middle, y1 + h, middle, y0 + h, x0, y0 + h);
  c.fill();
}

const BACK_MS = 4 * 3_600_000, AHEAD_MS = 6 * 3_600_000, STEP_MS = 300_000;
const LANES: [string, (one: Deviation) => boolean, 'since' | 'act_by'][] = [
  ['Cancelled', (one) => one.kind === 'leg.cancelled', 'since'], ['Late', (one) => one.kind.startsWith('leg.') && one.kind !== 'leg.cancelled', 'since'],
  ['Promises', (one) => one.kind.startsWith('line.'), 'since'], ['Act by', () => true, 'act_by'],
];

/** Counts in steps of five minutes: when things began, and by when they want an act. */
export function when(canvas: HTMLCanvasElement, incident: Incident, members: Deviation[], tower: Tower, zone: Clock): void {
  const box = fit(canvas);
  if (!box) return;
  const { c, width, height } = box, colour = colours(), now = tower.now, left = 72, lane = (height - 28) / LANES.length;
  const x = (at: number): number => left + ((at - now + BACK_MS) / (BACK_MS + AHEAD_MS)) * (width - left);
  c.font = FONT; c.textBaseline = 'middle';
  for (let at = Math.ceil((now - BACK_MS) / 3_600_000) * 3_600_000; at <= now + AHEAD_MS; at += 3_600_000) {
    c.fillStyle = colour.line!; c.fillRect(x(at), 12, 1, height - 28);
    const text = zone.minute(at), w = c.measureText(text).width;
    if (x(at) + w / 2 < width) { c.fillStyle = colour.dim!; c.fillText(text, Math.max(left, x(at) - w / 2), height - 7); }
  }
  for (const [i, [name, is, field]] of LANES.entries()) {
    const y = 12 + i * lane, steps = new Map<number, [number, Severity]>();
    c.fillStyle = colour.dim!; c.fillText(name, 0, y + lane / 2);
    for (const one of members) {
      const at = is(one) && one[field] ? Math.floor(Date.parse(one[field]!) / STEP_MS) * STEP_MS : NaN;
      if (!(at >= now - BACK_MS && at <= now + AHEAD_MS)) continue;
      const [n, worst] = steps.get(at) ?? [0, 0];
      steps.set(at, [n + 1, Math.max(worst, one.severity) as Severity]);
    }
    const most = Math.max(1, ...[...steps.values()].map(([n]) => n));
    for (const [at, [n, worst]] of steps) {
      const h = Math.max(2, (n / most) * (lane - 4));
      c.fillStyle = field === 'act_by' ? colour.mid! : [colour.normal!, colour.advisory!, colour.warning!, colour.critical!][worst]!;
      c.fillRect(x(at), y + lane - 2 - h, Math.max(2, ((width - left) * STEP_MS) / (BACK_MS + AHEAD_MS) - 1), h);
    }
  }
  c.fillStyle = colour.text!; c.fillRect(x(now) - 1, 4, 2, height - 20);
  c.textAlign = 'right'; c.fillText(`now ${zone.minute(now)}`, x(now) - 5, 6); c.textAlign = 'left';
  if (incident.act_by && Date.parse(incident.act_by) > now) { c.fillStyle = colour.critical!; c.fillRect(x(Date.parse(incident.act_by)), 12, 1.5, height - 28); c.fillStyle = colour.text!; c.fillText(`act by ${zone.minute(Date.parse(incident.act_by))}`, x(Date.parse(incident.act_by)) + 5, 6); }
}
