// Queue: what to do first. Incidents by what waiting costs, each with what it reaches and how long there is to act.
import { el, mark, say } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import type { Incident } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { count, left, money, reach, title } from '../shared/words.ts';
import { Chosen, loss, SORTS } from './chosen.ts';
import { List, type Painted } from './list.ts';

export interface Panel { node: HTMLElement; paint(tower: Tower, changed: Set<string>): void }
const HOUR_MS = 3_600_000, CARD = 76;

export function queue(chosen: Chosen): Panel {
  const open = el('span', 'dim s'), sort = el('span', 's dim'), body = el('div', 'body'), more = el('div', 'more'), found = el('div', 'more');
  const find = document.createElement('input');
  find.placeholder = 'Find an order, leg, site, sku   /';
  find.setAttribute('aria-label', 'Find');
  find.addEventListener('input', () => void chosen.look(find.value.trim()));
  find.addEventListener('keydown', (event) => { if (event.key === 'Escape') { find.value = ''; void chosen.look(''); find.blur(); } if (event.key === 'Enter') find.blur(); });
  let tower: Tower | null = null;

  const card = (): Painted<Incident> => {
    const sign = glyph(0), name = el('span', 'name clip'), value = el('b', 'end'), what = el('span', 's mid clip'), rate = el('span', 's mid end');
    const bar = el('i'), word = el('span', 's dim clip'), act = el('b', 'end s');
    const node = el('div', 'card', sign, name, value, el('i'), what, rate, el('div', 'left', bar), el('i'), word, act);
    let id = '';
    node.addEventListener('click', () => { chosen.incident = id; chosen.picked.clear(); chosen.onchange(); });
    return {
      node,
      paint(one) {
        id = one.id;
        const now = tower!.now, rest = one.act_by ? Math.min(Math.max((Date.parse(one.act_by) - now) / HOUR_MS, 0), 1) : 0, cents = loss(one, tower!);
        shape(sign, one.severity);
        say(name, title(one, tower!.sites));
        say(value, money(one.value_at_risk_cents));
        say(what, reach(one));
        say(rate, cents ? `${money(cents)}/min` : '');
        bar.style.setProperty('--share', String(rest));
        mark(bar, 'soon', rest > 0 && rest < 0.13);
        say(word, one.act_by ? 'next act by' : `open ${left(new Date(2 * now - Date.parse(one.since ?? '')).toISOString(), now)}`);
        say(act, one.act_by ? `in ${left(one.act_by, now)}` : '');
        mark(node, 'chosen', one.id === chosen.incident);
      },
    };
  };
  const list = new List<Incident>(body, CARD, card);
  return {
    node: el('section', 'queue', el('div', 'row head', el('h2', '', 'Queue'), open, el('span', 'grow'), sort, el('kbd', '', 'S')), el('div', 'find', find), body, found, more),
    paint(now) {
      tower = now;
      if (chosen.asking?.verb === 'find') { chosen.asking = null; find.focus(); }
      say(open, `${chosen.order.length} open${chosen.mine ? ', mine' : ''}`);
      say(sort, `by ${SORTS[chosen.sort]}`);
      const { above, below } = list.paint(chosen.order, chosen.order.findIndex((one) => one.id === chosen.incident));
      say(more, above + below ? `+${count(above + below)} more, ${money(chosen.order.reduce((sum, one) => sum + (one.value_at_risk_cents ?? 0), 0))} in all` : chosen.order.length ? '' : 'Nothing is open.');
      say(found, chosen.find && chosen.hits.length ? `${chosen.hits.slice(0, 4).map((hit) => `${hit.kind} ${hit.name}`).join(' · ')}` : '');
    },
  };
}
