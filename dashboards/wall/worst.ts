// Worst: the single legs that put most at risk, with what can still be done about them.
import { el, say } from '../shared/dom.ts';
import { blink, glyph, shape } from '../shared/glyph.ts';
import type { Deviation } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { isWaiting } from '../shared/seen.ts';
import { count, left, money, span } from '../shared/words.ts';
import { fade } from './stale.ts';
import type { Widget } from './main.ts';

const ROWS = 4, RANK_MS = 10_000;

/** How a leg is told on a wall: UA1545 EWR to MIA. */
function leg(deviation: Deviation, tower: Tower): string {
  const row = tower.legs.get(deviation.subject ?? '');
  const number = (deviation.subject ?? '').split('-')[0] ?? '';
  return row?.origin && row.dest ? `${number} ${row.origin}–${row.dest}` : (deviation.subject ?? deviation.site ?? '');
}

/** Why, in a word or two. */
function why(deviation: Deviation): string {
  const word = deviation.kind.split('.')[1] ?? deviation.kind;
  return word === 'late' || word === 'overdue' ? `${word} ${span((deviation.value ?? 0) * 60)}` : word.replaceAll('_', ' ');
}

/** What can still be done about comes first, what puts nothing at risk last. */
function rest(one: Deviation, tower: Tower): number {
  const isOver = !(one.act_by && Date.parse(one.act_by) > tower.now);
  return ((one.value_at_risk_cents ?? 0) > 0 ? 0 : 2) + Number(isOver);
}

export function worst(): Widget {
  const more = el('span'), head = el('div', 'item head', el('span', 'what dim', 'Legs at risk ', more), el('span', 'end dim', 'why'), el('span', 'end dim', 'value'), el('span', 'end dim', 'act in'));
  const rows = Array.from({ length: ROWS }, () => {
    const sign = glyph(0), what = el('span', 'clip'), reason = el('span', 'end mid'), value = el('b', 'end'), act = el('span', 'end mid');
    return { node: el('div', 'item', sign, what, reason, value, act), sign, what, reason, value, act };
  });
  const quiet = el('div', 'quiet'), age = el('div', 'age');
  const node = el('section', 'panel list worst', head, ...rows.map((row) => row.node), quiet, age);
  let order: string[] = [], ranked = -RANK_MS;

  const rank = (tower: Tower): Deviation[] => {
    if (!tower.beat) return [];
    if (performance.now() - ranked >= RANK_MS || order.every((id) => !tower.deviations.has(id))) {
      const byLeg = new Map<string, Deviation>();
      for (const one of tower.deviations.values()) {
        const before = byLeg.get(one.subject ?? '');
        if (one.kind.startsWith('leg.') && (!before || one.severity > before.severity)) byLeg.set(one.subject ?? '', one);
      }
      order = [...byLeg.values()].sort((a, b) => rest(a, tower) - rest(b, tower) || (b.value_at_risk_cents ?? 0) - (a.value_at_risk_cents ?? 0) || b.severity - a.severity || a.id.localeCompare(b.id)).map((one) => one.id);
      ranked = performance.now();
    }
    return order.map((id) => tower.deviations.get(id)).filter((one): one is Deviation => one !== undefined);
  };
  return {
    node,
    paint(tower, changed) {
      node.hidden = tower.prices.size > 0; // what is full then says more of the same legs
      if (node.hidden) return;
      if (!changed.has('deviations') && !changed.has('second')) return;
      fade(node, age, tower, 'legs');
      const all = rank(tower), shown = all.slice(0, ROWS);
      for (const [i, row] of rows.entries()) {
        const one = shown[i];
        row.node.hidden = one === undefined;
        if (!one) continue;
        shape(row.sign, one.severity);
        blink(row.sign, isWaiting(one, tower.now));
        say(row.what, leg(one, tower));
        say(row.reason, why(one));
        say(row.value, money(one.value_at_risk_cents));
        say(row.act, left(one.act_by, tower.now));
      }
      quiet.hidden = shown.length > 0;
      say(quiet, tower.sites.size ? 'No leg is in trouble.' : 'No leg is known yet.');
      say(more, all.length > ROWS ? `+${count(all.length - ROWS)} more` : '');
    },
  };
}
