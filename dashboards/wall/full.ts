// Full: the legs that are full and the doors that are too few, by what one more load or door would save.
import { el, say } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import type { Price } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { count, left, money } from '../shared/words.ts';
import { fade } from './stale.ts';
import type { Widget } from './main.ts';

const ROWS = 4, RANK_MS = 10_000;

/** The legs on which one more load would save something, before they leave, and the doors; best first. */
function scarce(tower: Tower): Price[] {
  return [...tower.prices.values()].filter((one) => (one.next_unit_cents ?? 0) > 0 && (one.what === 'doors' || !(one.window_start && Date.parse(one.window_start) < tower.now)))
    .sort((a, b) => b.next_unit_cents! - a.next_unit_cents! || a.id.localeCompare(b.id));
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
        say(row.leaves, one.what === 'doors' ? '' : left(one.window_start, tower.now));
      }
      say(what, all.some((one) => one.what === 'doors') ? 'Full legs, doors' : 'Full legs');
      say(more, all.length > ROWS ? `+${count(all.length - ROWS)} more` : '');
    },
  };
}
