// Strip: the state of the network in one look.
import { badge } from '../shared/badge.ts';
import { el, mark, say } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import { today } from '../shared/load.ts';
import type { Severity } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, left, money, title, UNKNOWN } from '../shared/words.ts';
import { AT_RISK, below, BELOW, level, LINES } from './limits.ts';
import type { Widget } from './main.ts';

const NEW_MS = 600_000, SOON_MIN = 10;
/** Letters of a name that fit into a tile beside an amount. */
const SHORT = 12;

interface Tile { node: HTMLElement; label: HTMLElement; value: HTMLElement; under: HTMLElement; glyph: SVGSVGElement }

function tile(label: string, ...extra: Node[]): Tile {
  const sign = glyph(0), value = el('span'), under = el('div', 'under'), head = el('div', 'label', label);
  return { node: el('div', 'panel tile', head, el('div', 'value', sign, value, ...extra), under), label: head, value, under, glyph: sign };
}

function alarm(of: Tile, severity: Severity): void {
  shape(of.glyph, severity);
  of.glyph.toggleAttribute('hidden', severity === 0);
  mark(of.node, 'alarm2', severity === 2);
  mark(of.node, 'alarm3', severity === 3);
}

export function strip(): Widget {
  const percent = el('small', '', '%'), plan = el('span', 'dim'), change = el('b');
  const onTime = tile('On time today', percent), risk = tile('Orders at risk'), within = el('small'), act = tile('Next to act by', within);
  onTime.under.append(plan, ' ', change);
  const signs = ([3, 2, 1] as Severity[]).map((severity) => ({ severity, node: el('span', '', glyph(severity)), n: document.createTextNode('') }));
  for (const sign of signs) sign.node.append(sign.n);
  const open = tile('Open incidents');
  const none = el('span', '', '0');
  open.value.replaceWith(el('div', 'counts', none, ...signs.map((sign) => sign.node)));
  open.glyph.remove();
  const sign = el('span', 'badge'), clock = el('div', 'value'), day = el('div', 'under');
  const time = el('div', 'panel tile keep', el('div', 'label', sign), clock, day);
  let zone = new Clock('UTC');

  const paintOnTime = (tower: Tower): void => {
    const ratio = today(tower, 'on_time_ratio');
    const known = ratio?.value !== undefined, points = below(ratio);
    say(onTime.value, known ? (ratio.value! * 100).toFixed(1) : UNKNOWN);
    mark(onTime.value, 'fixed', known);
    percent.hidden = !known;
    say(plan, !known ? 'no line is due yet' : ratio.plan === undefined ? '' : `plan ${(ratio.plan * 100).toFixed(1)}`);
    say(change, known && ratio.plan !== undefined ? `${points > 0 ? '−' : '+'}${Math.abs(points).toFixed(1)} pt` : '');
    alarm(onTime, level(points, BELOW));
  };
  const paintRisk = (tower: Tower): void => {
    let cents = 0, lines = 0;
    for (const incident of tower.incidents.values()) { cents += incident.value_at_risk_cents ?? 0; lines += incident.lines ?? 0; }
    const atRisk = today(tower, 'lines_at_risk')?.value ?? lines, due = today(tower, 'lines_due')?.value;
    say(risk.value, money(today(tower, 'at_risk_cents')?.value ?? cents));
    say(risk.under, due === undefined ? `${count(atRisk)} lines` : `${count(atRisk)} lines, ${count(due)} due`);
    if (tower.sites.size === 0) { say(risk.value, UNKNOWN); say(risk.under, 'no order is known yet'); }
    alarm(risk, due ? level(atRisk / due, AT_RISK) : level(atRisk, LINES));
  };
  const paintOpen = (tower: Tower): void => {
    let fresh = 0;
    const n = [0, 0, 0, 0];
    for (const incident of tower.incidents.values()) {
      n[incident.severity]!++;
      if (incident.since && tower.now - Date.parse(incident.since) < NEW_MS) fresh++;
    }
    for (const sign of signs) {
      sign.node.hidden = n[sign.severity] === 0;
      sign.n.data = String(n[sign.severity]);
    }
    none.hidden = tower.incidents.size > 0;
    say(none, tower.sites.size ? '0' : UNKNOWN);
    say(open.under, `${fresh || 'none'} new in 10 min`);
  };
  const paintDecisions = (tower: Tower): void => {
    const waiting = [...tower.decisions.values()].filter((one) => one.state === 'proposed' && !(one.expires_at && Date.parse(one.expires_at) < tower.now))
      .sort((a, b) => (a.expires_at ?? '9').localeCompare(b.expires_at ?? '9'));
    const next = waiting[0], incident = next && tower.incidents.get(next.incident), minutes = next?.expires_at ? (Date.parse(next.expires_at) - tower.now) / 60_000 : Infinity;
    say(act.label, 'Decisions waiting');
    say(act.value, count(waiting.length));
    within.hidden = next?.expires_at === undefined;
    say(within, `next in ${left(next?.expires_at, tower.now)}`);
    const name = incident ? title(incident, tower.sites, tower.now) : '', what = name.length <= SHORT ? name : (incident?.site ?? '');
    say(act.under, !next ? 'nothing to approve' : [what, next.net_cents === undefined ? '' : `+${money(next.net_cents)}`].filter(Boolean).join(', '));
    alarm(act, next ? (minutes < SOON_MIN ? 2 : 1) : 0);
  };
  const paintAct = (tower: Tower): void => {
    if (tower.decisions.size) { paintDecisions(tower); return; }
    say(act.label, 'Next to act by'); within.hidden = true;
    const next = [...tower.incidents.values()].filter((i) => i.act_by && Date.parse(i.act_by) >= tower.now).sort((a, b) => a.act_by!.localeCompare(b.act_by!))[0];
    say(act.value, next ? left(next.act_by, tower.now) : UNKNOWN);
    say(act.under, next ? title(next, tower.sites, tower.now) : 'nothing to act on');
    const minutes = next ? (Date.parse(next.act_by!) - tower.now) / 60_000 : Infinity;
    alarm(act, next ? (minutes < SOON_MIN && next.severity === 3 ? 2 : 1) : 0);
  };
  const paintClock = (tower: Tower): void => {
    const beat = tower.beat;
    if (beat && beat.tz !== zone.tz) zone = new Clock(beat.tz);
    badge(sign, tower);
    say(clock, tower.begun ? zone.time(tower.now) : UNKNOWN);
    say(day, tower.feed.status === 'refused' ? 'key not accepted' : !beat ? 'waiting for the feed'
      : tower.frozen ? 'last frame, not now' : !tower.begun ? 'no event yet' : zone.day(tower.now));
  };
  return {
    node: el('section', 'strip', onTime.node, risk.node, open.node, act.node, time),
    paint(tower) { paintOnTime(tower); paintRisk(tower); paintOpen(tower); paintAct(tower); paintClock(tower); },
  };
}
