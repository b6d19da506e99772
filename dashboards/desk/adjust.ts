// Adjust: the lines that a decision moves, dearest first; whichever is chosen stays where it is.
import { el, mark, say } from '../shared/dom.ts';
import { count, money, UNKNOWN } from '../shared/words.ts';
import type { Chosen } from './chosen.ts';

const SHOWN = 8;

/** Go so many lines on. */
export function stepped(chosen: Chosen, by: number): void {
  const one = chosen.adjusting;
  if (!one) return;
  one.at = Math.min(Math.max(one.at + by, 0), Math.max(one.moves.length - 1, 0));
  chosen.onchange();
}

export function adjusting(chosen: Chosen): { node: HTMLElement; paint(): void } {
  const rows = Array.from({ length: SHOWN }, () => {
    const way = el('span', 'clip'), name = el('span', 'dim clip'), price = el('span', 'end'), state = el('span', 'end'), node = el('div', 'move', name, way, price, state);
    return { node, name, way, price, state, id: '' };
  });
  for (const row of rows) row.node.addEventListener('click', () => { if (row.id) chosen.keep(row.id); });
  const tally = el('span', 'dim s clip'), send = el('button', 'main', 'Let them stay', el('kbd', '', '↵')), leave = el('button', '', 'Leave', el('kbd', '', 'esc'));
  send.addEventListener('click', () => void chosen.adjust());
  leave.addEventListener('click', () => { chosen.adjusting = null; chosen.onchange(); });
  const node = el('div', 'moves', ...rows.map((row) => row.node), el('div', 'row', send, leave, tally));
  return {
    node,
    paint() {
      const one = chosen.adjusting;
      node.hidden = one === null;
      if (!one) return;
      const from = Math.max(0, Math.min(one.at - SHOWN / 2, one.moves.length - SHOWN));
      for (const [i, row] of rows.entries()) {
        const move = one.moves[from + i], stays = move !== undefined && one.stay.has(move.id);
        row.id = move?.id ?? '';
        mark(row.node, 'chosen', from + i === one.at);
        mark(row.node, 'stays', stays);
        say(row.name, move ? `${move.order ?? UNKNOWN} / ${move.order_line ?? UNKNOWN}` : '');
        say(row.way, move ? `${move.from_leg ?? 'no leg'} → ${move.to_leg ?? 'no leg'}` : '');
        say(row.price, move ? money(move.cost_cents) : '');
        say(row.state, !move ? '' : stays ? 'stays' : 'moves');
      }
      say(tally, `${count(one.stay.size)} of ${count(one.moves.length)} stay`);
    },
  };
}
