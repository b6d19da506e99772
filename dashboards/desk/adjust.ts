// Adjust: the lines that a decision moves, dearest first; whichever is chosen stays where it is. Or the visits that it moves.
import { el, mark, say } from '../shared/dom.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, money, UNKNOWN } from '../shared/words.ts';
import type { Candidate, Move } from './api.ts';
import type { Chosen } from './chosen.ts';
import { signed } from './columns.ts';

const SHOWN = 8, COULD = 3;

/** Go so many lines on. */
export function stepped(chosen: Chosen, by: number): void {
  const one = chosen.adjusting;
  if (!one) return;
  one.at = Math.min(Math.max(one.at + by, 0), Math.max(one.moves.length - 1, 0));
  chosen.onchange();
}

/** The legs with room for all of it on which a line could go instead of the one that is proposed. */
export const others = (move: Move, could: Candidate[]): Candidate[] => could.filter((each) => !each.is_here && each.leg !== move.to_leg && each.has_room);

/** What a leg costs more than the one that is proposed, +$12; where that is not known, than where the line stands, else all. */
function dearer(one: Candidate, move: Move, could: Candidate[]): string {
  const beside = could.find((each) => each.leg === move.to_leg) ?? could.find((each) => each.is_here);
  return beside ? signed(one.cost_cents - beside.cost_cents) : money(one.cost_cents);
}

/** A leg as people call it: UA785 of UA785-EWR-IAH-0209, where its name only repeats from where to where it goes. */
function called(id: string | undefined, tower: Tower): string {
  if (!id) return 'no leg';
  const parts = id.split('-'), at = parts.findIndex((part, i) => tower.sites.has(part) && tower.sites.has(parts[i + 1] ?? ''));
  return at <= 0 ? id : [parts.slice(0, at).join('-'), ...(tower.legs.has(id) ? [] : parts.slice(at + 2))].join(' ');
}

/** When a leg is expected to leave: 06:15, Sat 06:15 of another day; nothing where that is not known. */
function leaves(id: string | undefined, tower: Tower, zone: Clock): string {
  const leg = tower.legs.get(id ?? ''), at = leg?.dep_expected ?? leg?.dep_planned;
  return at ? zone.near(Date.parse(at), tower.now) : '';
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

export function adjusting(chosen: Chosen): { node: HTMLElement; paint(tower: Tower, zone: Clock): void } {
  const line = (kind: string): { node: HTMLElement; name: HTMLElement; way: HTMLElement; price: HTMLElement; state: HTMLElement; id: string } => {
    const way = el('span', 'clip'), name = el('span', 'dim clip'), price = el('span', 'end'), state = el('span', 'end');
    return { node: el('div', kind, name, way, price, state), name, way, price, state, id: '' };
  };
  const rows = Array.from({ length: SHOWN }, () => line('move')), legs = Array.from({ length: COULD }, () => line('could')), full = el('div', 's mid whole');
  for (const row of rows) row.node.addEventListener('click', () => { if (row.id) chosen.keep(row.id); });
  const tally = el('span', 'dim s clip'), send = el('button', 'main', 'Adjust', el('kbd', '', '↵')), leave = el('button', '', 'Leave', el('kbd', '', 'esc'));
  send.addEventListener('click', () => void chosen.adjust());
  leave.addEventListener('click', () => { chosen.adjusting = null; chosen.onchange(); });
  const node = el('div', 'moves', ...rows.map((row) => row.node), full, ...legs.map((row) => row.node), el('div', 'row', send, leave, tally));

  /** The line under the cursor: its legs whole, and on which others it could go, at what price more. */
  const whole = (move: Move | undefined, tower: Tower, zone: Clock): void => {
    const one = chosen.adjusting!, could = move && !move.visit ? (one.could.get(move.id) ?? []) : [], free = move ? others(move, could) : [];
    const from = Math.max(0, Math.min(free.findIndex((each) => each.leg === one.other.get(move?.id ?? '')?.leg) - 1, free.length - COULD));
    const leg = (id: string | undefined): string => [id ?? 'no leg', leaves(id, tower, zone)].filter(Boolean).join(' ');
    say(full, move && !move.visit ? `${leg(move.from_leg)} → ${leg(move.to_leg)}${could.length ? `; ${count(free.length)} of ${count(could.length)} legs have room` : ''}` : '');
    for (const [i, row] of legs.entries()) {
      const each = free[from + i];
      row.node.hidden = each === undefined;
      if (!each) continue;
      mark(row.node, 'chosen', one.other.get(move!.id)?.leg === each.leg);
      say(row.name, each.late_min > 0 ? `${count(each.late_min)} min late` : 'in time');
      say(row.way, `${called(each.leg, tower)} ${leaves(each.leg, tower, zone)}`.trim());
      say(row.price, dearer(each, move!, could));
      say(row.state, `room ${count(each.room)}`);
    }
  };
  return {
    node,
    paint(tower, zone) {
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
        const other = move && one.other.get(move.id), to = other?.leg ?? move?.to_leg;
        mark(row.node, 'other', other !== undefined);
        say(row.way, move ? `${called(move.from_leg, tower)} → ${called(to, tower)} ${leaves(to, tower, zone)}`.trim() : '');
        say(row.price, !move ? '' : other ? dearer(other, move, one.could.get(move.id) ?? []) : signed(move.cost_cents));
        say(row.state, !move ? '' : stays ? 'stays' : other ? 'instead' : 'moves');
      }
      whole(one.moves[one.at], tower, zone);
      const other = [...one.other.values()].length;
      say(tally, isDoors ? `${count(one.moves.length)} visits, ${count(one.moves.filter((each) => each.from_door !== each.to_door).length)} to another door` : `${count(one.stay.size)} of ${count(one.moves.length)} stay${other ? `, ${count(other)} elsewhere` : ''}`);
    },
  };
}
