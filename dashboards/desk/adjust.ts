// Adjust: the lines that a decision moves, dearest first; whichever is chosen stays where it is. Or the visits that it moves.
import { el, mark, say } from '../shared/dom.ts';
import { Clock, count, money, UNKNOWN } from '../shared/words.ts';
import type { Candidate, Move } from './api.ts';
import type { Chosen } from './chosen.ts';

const SHOWN = 8;

/** Go so many lines on. */
export function stepped(chosen: Chosen, by: number): void {
  const one = chosen.adjusting;
  if (!one) return;
  one.at = Math.min(Math.max(one.at + by, 0), Math.max(one.moves.length - 1, 0));
  chosen.onchange();
}

/** What a leg costs more than the one that is proposed, +$12; where that is not known, what it costs. */
function dearer(one: Candidate, move: Move, could: Candidate[]): string {
  const proposed = could.find((each) => each.leg === move.to_leg);
  if (!proposed) return money(one.cost_cents);
  const more = one.cost_cents - proposed.cost_cents;
  return `${more < 0 ? '−' : '+'}${money(Math.abs(more))}`;
}

/** How many minutes later a visit comes to a door; below nothing: sooner. */
const later = (one: Move): number => Math.round((Date.parse(one.to_start ?? '') - Date.parse(one.from_start ?? '')) / 60_000);

/** A visit as it is moved: what, from which door to which, when, and how much later. */
function visit(one: Move, zone: Clock): [string, string, string, string] {
  const at = (text: string | undefined): string => (text ? zone.minute(Date.parse(text)) : UNKNOWN), min = later(one);
  const own = (text: string | undefined): string => (text ?? UNKNOWN).replace(`${one.to_site}-`, '').replace(/-load$/, ''); // the site is the incident's
  const door = one.from_door === one.to_door || !one.from_door ? `at ${own(one.to_door)}` : `${own(one.from_door)} → ${own(one.to_door)}`;
  return [own(one.visit), door, `${at(one.from_start)} → ${at(one.to_start)}`, Number.isNaN(min) ? UNKNOWN : min === 0 ? 'same time' : `${min > 0 ? '+' : '−'}${count(Math.abs(min))} min`];
}

export function adjusting(chosen: Chosen): { node: HTMLElement; paint(zone: Clock): void } {
  const rows = Array.from({ length: SHOWN }, () => {
    const way = el('span', 'clip'), name = el('span', 'dim clip'), price = el('span', 'end'), state = el('span', 'end'), node = el('div', 'move', name, way, price, state);
    return { node, name, way, price, state, id: '' };
  });
  for (const row of rows) row.node.addEventListener('click', () => { if (row.id) chosen.keep(row.id); });
  const tally = el('span', 'dim s clip'), send = el('button', 'main', 'Adjust', el('kbd', '', '↵')), leave = el('button', '', 'Leave', el('kbd', '', 'esc'));
  send.addEventListener('click', () => void chosen.adjust());
  leave.addEventListener('click', () => { chosen.adjusting = null; chosen.onchange(); });
  const node = el('div', 'moves', ...rows.map((row) => row.node), el('div', 'row', send, leave, tally));
  return {
    node,
    paint(zone) {
      const one = chosen.adjusting;
      node.hidden = one === null;
      if (!one) return;
      const isDoors = one.moves[0]?.visit !== undefined;
      mark(node, 'doors', isDoors);
      send.hidden = isDoors;
      const from = Math.max(0, Math.min(one.at - SHOWN / 2, one.moves.length - SHOWN));
      for (const [i, row] of rows.entries()) {
        const move = one.moves[from + i], stays = move !== undefined && one.stay.has(move.id);
        row.id = move?.id ?? '';
        mark(row.node, 'chosen', from + i === one.at);
        mark(row.node, 'stays', stays);
        const told = move && isDoors ? visit(move, zone) : null;
        if (told) { say(row.name, told[0]); say(row.way, told[1]); say(row.price, told[2]); say(row.state, told[3]); continue; }
        say(row.name, move ? `${move.order ?? UNKNOWN} / ${move.order_line ?? UNKNOWN}` : '');
        const other = move && one.other.get(move.id);
        mark(row.node, 'other', other !== undefined);
        say(row.way, move ? `${move.from_leg ?? 'no leg'} → ${other?.leg ?? move.to_leg ?? 'no leg'}` : '');
        say(row.price, !move ? '' : other ? dearer(other, move, one.could.get(move.id) ?? []) : money(move.cost_cents));
        say(row.state, !move ? '' : stays ? 'stays' : other ? 'instead' : 'moves');
      }
      const other = [...one.other.values()].length;
      say(tally, isDoors ? `${count(one.moves.length)} visits, ${count(one.moves.filter((each) => each.from_door !== each.to_door).length)} to another door` : `${count(one.stay.size)} of ${count(one.moves.length)} stay${other ? `, ${count(other)} elsewhere` : ''}`);
    },
  };
}
