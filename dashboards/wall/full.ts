// Full: the legs that are full, the doors and the goods that are too few, by what one more would save.
import { el, say } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import type { Price } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { count, left, money } from '../shared/words.ts';
import { fade } from './stale.ts';
import type { Widget } from './main.ts';

const ROWS = 4, RANK_MS = 10_000;

/** The legs on which one more load would save something, before they leave, the doors, and the goods; best first. Of goods
 *  the dearest alone: what is out of stock stays so for days, and would be all that there is to read. */
function scarce(tower: Tower): Price[] {
  const all = [...tower.prices.values()].filter((one) => (one.next_unit_cents ?? 0) > 0 && (isLeg(one) ? !(one.window_start && Date.parse(one.window_start) < tower.now) : true))
    .sort((a, b) => b.next_unit_cents! - a.next_unit_cents! || a.id.localeCompare(b.id));
  const dearest = all.find((one) => one.what === 'goods');
  return all.filter((one) => one.what !== 'goods' || one === dearest);
}

function isLeg(one: Price): boolean {
  return one.what !== 'doors' && one.what !== 'goods';
}

/** What is scarce, of what kinds there are, in one short line. */
function named(all: Price[]): string {
  if (all.some((one) => one.what === 'goods')) return 'Scarcest';
  return all.some((one) => one.what === 'doors') ? 'Full legs, doors' : 'Full legs';
}

export function full(): Widget {
  const more = el('span'), what = el('span', '', 'Full legs'), head = el('div', 'item head', el('span', 'what dim', what, ' ', more), el('span', 'end dim', 'one more saves'), el('span', 'end dim', 'leaves in'));
  const rows = Array.from({ length: ROWS }, () => {
    const sign = glyph(0), what = el('span', 'clip'), worth = el('b', 'end'), leaves = el('span', 'end mid');
    return { node: el('div', 'item', sign, what, worth, leaves), sign, what, worth, leaves };
  });
  const age = el('div', 'age'), node = el('section', 'panel list full', head, ...rows.map((row) => row.node), age);
  let order: Price[] = [], ranked = -RANK_MS;
  node.hidden = true;
  return {
    node,
    paint(tower, changed) {
      node.hidden = tower.prices.size === 0;
      if (node.hidden || (!changed.has('prices') && !changed.has('second'))) return;
      fade(node, age, tower, 'legs');
      if (performance.now() - ranked >= RANK_MS || order.length === 0) { order = scarce(tower); ranked = performance.now(); }
      const all = order.map((one) => tower.prices.get(one.id)).filter((one): one is Price => one !== undefined);
      for (const [i, row] of rows.entries()) {
        const one = all[i], leg = tower.legs.get(one?.resource ?? '');
        row.node.hidden = one === undefined;
        if (!one) continue;
        shape(row.sign, leg?.cancelled_at ? 3 : (leg?.late_min ?? 0) >= 30 ? 2 : 0);
        const number = (one.resource ?? '').split('-')[0] ?? '';
        say(row.what, leg?.origin && leg.dest ? `${number} ${leg.origin}–${leg.dest}` : (one.resource ?? ''));
        say(row.worth, money(one.next_unit_cents));
        if (one.what === 'doors') say(row.what, `Doors at ${one.resource ?? ''}`);
        if (one.what === 'goods') say(row.what, `${one.resource ?? ''} at ${one.site ?? ''}`);
        say(row.leaves, isLeg(one) ? left(one.window_start, tower.now) : '');
      }
      say(what, named(all));
      say(more, all.length > ROWS ? `+${count(all.length - ROWS)} more` : '');
    },
  };
}
