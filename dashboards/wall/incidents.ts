// Incidents: cause, reach, price and time left, the worst first; the first one with its chain.
import { el, mark, say } from '../shared/dom.ts';
import { blink, glyph, shape } from '../shared/glyph.ts';
import type { Incident, Option } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { count, large, left, many, money, mph, title } from '../shared/words.ts';
import { staleAt } from './stale.ts';
import type { Widget } from './main.ts';

const ROWS = 6, RANK_MS = 10_000;

const worse = (a: Incident, b: Incident): number =>
  b.severity - a.severity || (b.value_at_risk_cents ?? 0) - (a.value_at_risk_cents ?? 0) || a.id.localeCompare(b.id);

/** The order in which incidents are shown; ranks change every ten seconds at most, so that a reader keeps the place. */
export function ranking(): (tower: Tower) => Incident[] {
  let order: string[] = [], ranked = -RANK_MS;
  return (tower) => {
    const now = performance.now();
    if (now - ranked >= RANK_MS || order.length === 0) {
      order = [...tower.incidents.values()].sort(worse).map((one) => one.id);
      ranked = now;
    }
    const known = order.filter((id) => tower.incidents.has(id));
    const fresh = [...tower.incidents.values()].filter((one) => !order.includes(one.id)).sort(worse);
    order = [...known, ...fresh.map((one) => one.id)];
    return order.map((id) => tower.incidents.get(id)!);
  };
}

const EFFECTS = [['leg', 'legs'], ['visit', 'visits'], ['line', 'lines']] as const;
/** What follows from a cause that its name does not say already. */
const NAMED: Record<string, string> = { legs: 'leg', docks: 'visit', lines: 'line', stock: 'line' };
/** Letters for what is wrong and its first effect. */
const ROOM = 23;

function effects(incident: Incident): string[] {
  return EFFECTS.filter(([, field]) => incident[field]).map(([word, field]) => many(incident[field]!, word, large));
}

/** The option that saves most, if any saves anything. */
const bestOf = (tower: Tower, incident: string): Option | undefined =>
  [...tower.options.values()].find((one) => one.incident === incident && one.rank === 1 && one.kind !== 'nothing' && (one.net_cents ?? 0) > 0);

/** What an incident does, one thing after the other, what waiting costs, who sees to it, and what nobody took in time; or what can be saved. */
export function chain(incident: Incident, tower: Tower): string {
  const site = incident.site ? tower.sites.get(incident.site) : undefined, all = effects(incident), { taken, by, escalated } = tower.seenTo(incident.id);
  const best = bestOf(tower, incident.id);
  if (best) return [...(all.length > 1 ? all.filter((one) => !one.includes('line')) : all), `plan saves ${money(best.net_cents)}`].join(' → ');
  const gust = incident.cause === 'weather' && site?.gust_mps !== undefined && all.length < 3 ? [`gust ${mph(site.gust_mps)} mph`] : [];
  const parts = [[...gust, ...(all.length ? all : [many(incident.members ?? 0, 'deviation', large)])].join(' → ')];
  if (incident.loss_cents_per_min) parts.push(`${money(incident.loss_cents_per_min)}/min`);
  if (taken) parts.push(by.size === 1 && taken === incident.members ? `${[...by][0]} has it` : `${large(taken)} taken`);
  if (escalated) parts.push(`${large(escalated)} escalated`);
  return parts.join(', ');
}

/** What an incident is called, with its first effect where there is room for it. */
function named(incident: Incident, tower: Tower): string {
  const name = title(incident, tower.sites, tower.now), effect = effects(incident).find((one) => !one.includes(NAMED[incident.cause] ?? '-'));
  return effect && name.length + effect.length <= ROOM ? `${name} → ${effect}` : name;
}

export function incidents(): Widget {
  const more = el('span'), head = el('div', 'item head', el('span', 'what dim', 'Incidents ', more), el('span', 'end dim', 'lines'), el('span', 'end dim', 'value'), el('span', 'end dim', 'act in'));
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const sign = glyph(0), what = el('span', 'clip'), lines = el('span', 'end mid'), value = el('b', 'end'), act = el('span', 'end mid');
    return { node: el('div', i ? 'item' : 'item first', sign, what, lines, value, act), sign, what, lines, value, act };
  });
  const why = el('div', 'why'), quiet = el('div', 'quiet', '');
  const node = el('section', 'panel list', head, rows[0]!.node, why, ...rows.slice(1).map((row) => row.node), quiet);
  const ranked = ranking();
  return {
    node,
    paint(tower) {
      const all = ranked(tower), shown = all.slice(0, ROWS), rest = all.slice(ROWS);
      for (const [i, row] of rows.entries()) {
        const one = shown[i];
        row.node.hidden = one === undefined;
        if (!one) continue;
        shape(row.sign, one.severity);
        blink(row.sign, tower.seenTo(one.id).waiting > 0);
        say(row.what, i ? named(one, tower) : title(one, tower.sites, tower.now));
        say(row.lines, one.lines ? count(one.lines) : '–');
        say(row.value, money(one.value_at_risk_cents));
        say(row.act, left(one.act_by, tower.now));
        mark(row.node, 'stale', staleAt(tower, one.cause));
      }
      why.hidden = shown.length === 0;
      if (shown[0]) say(why, chain(shown[0], tower));
      quiet.hidden = shown.length === ROWS;
      say(quiet, shown.length ? 'Nothing else is open.' : tower.sites.size ? 'No incident is open.' : 'Nothing is known yet.');
      say(more, rest.length ? `+${rest.length} more, ${money(rest.reduce((sum, one) => sum + (one.value_at_risk_cents ?? 0), 0))}` : '');
    },
  };
}
