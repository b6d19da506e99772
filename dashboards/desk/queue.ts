// Queue: what to do first. Incidents by what waiting costs, each with what it reaches and how long there is to act.
import { el, mark, say } from '../shared/dom.ts';
import { blink, glyph, shape } from '../shared/glyph.ts';
import type { Incident } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { count, money, reach, span, title, within } from '../shared/words.ts';
import { type Chosen, loss, SORTS } from './chosen.ts';
import { decisionOf, verdicts } from './decide.ts';
import { takers } from './detail.ts';
import { chooses, List, type Painted } from '../shared/list.ts';

export interface Panel { node: HTMLElement; paint(tower: Tower, changed: Set<string>): void }
const HOUR_MS = 3_600_000, CARD = 76;

export function queue(chosen: Chosen): Panel {
  const open = el('span', 'dim s'), sort = el('button', 'plain'), body = el('div', 'body'), more = el('div', 'more'), found = el('div', 'more');
  const find = document.createElement('input');
  find.placeholder = 'Find an order, leg, site, sku   /';
  find.setAttribute('aria-label', 'Find');
  find.addEventListener('input', () => void chosen.look(find.value.trim()));
  find.addEventListener('keydown', (event) => { if (event.key === 'Escape') { find.value = ''; void chosen.look(''); find.blur(); } if (event.key === 'Enter') find.blur(); });
  let tower: Tower | null = null;
  const by = el('span');
  sort.append(by, el('kbd', '', 'S'));

  const card = (): Painted<Incident> => {
    const sign = glyph(0), name = el('span', 'name clip'), value = el('b', 'end'), what = el('span', 's mid clip'), rate = el('span', 's mid end');
    const bar = el('i'), word = el('span', 's dim clip'), act = el('b', 'end s');
    const node = el('div', 'card', sign, name, value, el('i'), what, rate, el('div', 'left', bar), el('i'), word, act);
    let id = '';
    node.addEventListener('click', () => chosen.choose(id));
    return {
      node,
      paint(one) {
        id = one.id;
        const now = tower!.now, rest = one.act_by ? Math.min(Math.max((Date.parse(one.act_by) - now) / HOUR_MS, 0), 1) : 0, cents = loss(one, tower!);
        const seen = tower!.seenTo(one.id);
        shape(sign, one.severity);
        blink(sign, seen.waiting > 0);
        say(name, title(one, tower!.sites, tower!.now));
        say(value, money(one.value_at_risk_cents));
        say(what, reach(one));
        say(rate, cents ? `${money(cents)}/min` : '');
        bar.style.setProperty('--share', String(rest));
        mark(bar, 'soon', rest > 0 && rest < 0.13);
        const decision = decisionOf(tower!, one.id), waits = verdicts(decision, now).includes('approve');
        say(word, [waits ? `decide ${within(decision?.expires_at, now)}` : '', seen.escalated ? `${count(seen.escalated)} escalated` : '', takers(seen, one.members)].filter(Boolean).join(', ') || `open ${span((now - Date.parse(one.since ?? '')) / 1000)}`);
        mark(word, 'late', waits || seen.escalated > 0);
        say(act, one.act_by ? `act ${within(one.act_by, now)}` : '');
        chooses(node, one.id, one.id === chosen.incident);
      },
    };
  };
  const list = new List<Incident>(body, CARD, card, 'Incidents');
  body.addEventListener('pointerenter', () => { chosen.isPointed = true; });
  body.addEventListener('pointerleave', () => { chosen.isPointed = false; });
  sort.addEventListener('click', () => chosen.resort());
  return {
    node: el('section', 'queue', el('div', 'row head', el('h2', '', 'Queue'), open, el('span', 'grow'), sort), el('div', 'find', find), body, found, more),
    paint(now) {
      tower = now;
      if (chosen.asking?.verb === 'find') { chosen.asking = null; find.focus(); }
      if (document.activeElement !== find && find.value.trim() !== chosen.find) find.value = chosen.find;
      say(open, `${chosen.order.length} open${chosen.mine ? ', mine' : ''}`);
      say(by, `by ${SORTS[chosen.sort]}`);
      const { above, below } = list.paint(chosen.order, chosen.order.findIndex((one) => one.id === chosen.incident));
      say(more, above + below ? `+${count(above + below)} more, ${money(chosen.order.reduce((sum, one) => sum + (one.value_at_risk_cents ?? 0), 0))} in all` : chosen.order.length ? '' : `${chosen.nothing}.`);
      say(found, chosen.find && chosen.hits.length ? `${chosen.hits.slice(0, 4).map((hit) => `${hit.kind} ${hit.name}`).join(' · ')}` : '');
    },
  };
}
