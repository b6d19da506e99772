// Keys: everything the page does has one; `?` shows them all.
import { sheet } from '../shared/sheet.ts';
import type { Shown } from './shown.ts';

const ALL: [string, string][] = [
  ['F', 'fork here: at the playhead, else now'], ['space', 'play, pause'], [', .', 'a step back, a step on'], ['N', 'next line that is planned otherwise'], ['1 2 3', 'show this variant'],
  ['+', 'change and compare; in the form, another variant'], ['C', 'compare what the form says'], ['X', 'stop the runs'], ['P', 'keep this variant as a playbook'], ['U then ↵', 'approve its option now'], ['J K', 'next, previous run in the list'], ['↵', 'open it'], ['esc', 'back: to the runs, then to the desk'], ['?', 'these keys'],
];

export function keys(shown: Shown, page: HTMLElement): void {
  const help = sheet(page, ALL);
  shown.onhelp = () => help.show(true);
  const more = (): void => { if (shown.wanted) { shown.onform(shown.run); shown.go(''); } else shown.onadd(); };
  const go: Record<string, () => void> = {
    f: () => void shown.here(), ' ': () => shown.play(), ',': () => shown.step(-1), '.': () => shown.step(1), n: () => shown.next(), x: () => void shown.stop(), p: () => shown.wish('name'), u: () => shown.wish('use'), '+': more, '=': more, c: () => { if (!shown.wanted) shown.onsubmit(); },
    1: () => shown.choose(0), 2: () => shown.choose(1), 3: () => shown.choose(2), j: () => shown.walk(1), k: () => shown.walk(-1), ArrowDown: () => shown.walk(1), ArrowUp: () => shown.walk(-1),
    Enter: () => { if (shown.asking === 'use') void shown.use(); else if (!shown.wanted && shown.row) shown.go(shown.row); },
    '?': () => help.show(!help.isOpen), Escape: () => { if (help.isOpen) help.show(false); else if (shown.said || shown.asking) { shown.asking = null; shown.tell(''); } else shown.back(); },
  };
  document.addEventListener('keydown', (event) => {
    const at = event.target, isField = at instanceof HTMLInputElement || at instanceof HTMLSelectElement;
    if (at instanceof HTMLButtonElement && (event.key === ' ' || event.key === 'Enter')) return; // a button does what it says
    if (help.isOpen && event.key !== 'Escape' && event.key !== '?') return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isField) { if (event.key === 'Escape') at.blur(); if (event.key === 'Enter') { event.preventDefault(); shown.onsubmit(); } return; }
    const does = go[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
}
