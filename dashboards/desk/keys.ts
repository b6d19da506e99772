// Keys: everything the desk does has one; `?` shows them all.
import { sheet, type Sheet } from '../shared/sheet.ts';
import type { Chosen } from './chosen.ts';
import type { LoadSheet } from './load.ts';
import type { SheetOfKeys } from './outlook.ts';
import { stepped } from './adjust.ts';
import { toggle } from './detail.ts';

/** What 0 to 4 put off for; 0 brings back. */
const SHELF_MIN = [0, 30, 120, 480, 1440];
const ALL: [string, string][] = [
  ['J K', 'next, previous incident'], ['↓ ↑', 'next, previous deviation'], ['X', 'pick a deviation'], ['⇧X', 'pick all, or none'],
  ['A', 'acknowledge: you take it'], ['G', 'give it back'], ['⇧A then ↵', 'acknowledge all of the incident'], ['T', 'assign'], ['Z then 1-4', 'shelve; Z 0 brings back'], ['N', 'note'],
  ['1-3', 'the option to look at'], ['D then ↵', 'approve it'], ['E X then ↵', 'adjust: lines that stay; of a plan of doors the visits'], ['E → then ↵', 'adjust: a line on another leg'], ['R', 'reject it, and why'], ['U then ↵', 'roll it back'],
  ['S', 'sort the queue'], ['M', 'only mine'], ['/', 'find'], ['L', 'alarm load, what is put off'], ['O ⇧O', 'outlook of its leg; who answers that'], ['P', 'playbooks'], ['F', 'fork here: what if?'], ['space', 'pause, play'], [', .', 'slower, faster'], ['esc', 'back'], ['?', 'these keys'],
];

export function keys(chosen: Chosen, page: HTMLElement, load: LoadSheet, books: Sheet, ahead: SheetOfKeys, models: SheetOfKeys): void {
  const help = sheet(page, ALL);
  chosen.onhelp = () => help.show(true);
  chosen.onload = () => load.show(true);
  chosen.onoutlook = () => (chosen.isOfModel ? models : ahead).show(true);
  const go: Record<string, () => void> = {
    j: () => chosen.step(1), k: () => chosen.step(-1), ArrowDown: () => chosen.walk(1), ArrowUp: () => chosen.walk(-1),
    x: () => { toggle(chosen, chosen.deviation); chosen.walk(1); },
    X: () => { const all = chosen.members.map((one) => one.id); if (chosen.picked.size) chosen.picked.clear(); else for (const id of all) chosen.picked.add(id); chosen.onchange(); },
    a: () => chosen.take(), g: () => chosen.give(),
    A: () => { chosen.asking = { verb: 'acknowledge', ids: chosen.members.map((one) => one.id) }; chosen.onchange(); },
    d: () => chosen.ponder('approve'), e: () => chosen.ponder('adjust'), r: () => chosen.ponder('reject'), u: () => chosen.ponder('rollback'),
    Enter: () => {
      const asking = chosen.asking;
      if (asking?.verb === 'acknowledge') void chosen.do('acknowledge', {}, asking.ids);
      if (asking?.verb === 'approve' || asking?.verb === 'rollback') void chosen.rule(asking.verb, asking.decision, 'option' in asking && asking.option ? { option: asking.option } : {});
    },
    t: () => chosen.wish({ verb: 'assign' }, 'assign'), z: () => chosen.wish({ verb: 'shelve' }, 'shelve'), n: () => chosen.wish({ verb: 'note' }, 'note'),
    '/': () => { chosen.asking = { verb: 'find' }; chosen.onchange(); },
    1: () => chosen.weigh(1), 2: () => chosen.weigh(2), 3: () => chosen.weigh(3),
    s: () => chosen.resort(), m: () => { chosen.mine = !chosen.mine; chosen.again(); },
    l: () => load.show(true), o: () => chosen.onoutlook(), O: () => models.show(true), p: () => books.show(true), f: () => void chosen.fork(), ' ': () => void chosen.pause(), ',': () => void chosen.faster(0.5), '.': () => void chosen.faster(2),
    '?': () => help.show(!help.isOpen),
    Escape: () => { if (help.isOpen) { help.show(false); return; } chosen.asking = null; chosen.adjusting = null; chosen.said = ''; chosen.picked.clear(); chosen.onchange(); },
  };
  const folded: Record<string, () => void> = {
    ArrowDown: () => stepped(chosen, 1), ArrowUp: () => stepped(chosen, -1),
    x: () => { const one = chosen.adjusting; if (one) chosen.keep(one.moves[one.at]?.id ?? ''); stepped(chosen, 1); },
    ArrowRight: () => void chosen.turn(1), ArrowLeft: () => void chosen.turn(-1),
    Enter: () => void chosen.adjust(),
  };
  document.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLButtonElement && (event.key === ' ' || event.key === 'Enter')) return; // a button does what it says
    if (help.isOpen && event.key !== 'Escape' && event.key !== '?') return;
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (books.isOpen) { if (event.key === 'Escape' || event.key === 'p') { event.preventDefault(); books.show(false); } return; }
    const open = [load, ahead, models].find((one) => one.isOpen);
    if (open) { if (open.press(event.key)) event.preventDefault(); return; }
    const shelf = chosen.asking?.verb === 'shelve' ? SHELF_MIN[event.key.trim() ? Number(event.key) : NaN] : undefined;
    if (shelf !== undefined) { event.preventDefault(); void chosen.shelve(shelf); return; }
    const does = (chosen.adjusting ? folded : go)[event.key] ?? go[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
}
