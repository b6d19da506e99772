// Lists: the runs that there are, and the forks, newest first.
import { el, mark, say } from '../shared/dom.ts';
import { chooses, List, type Painted } from '../shared/list.ts';
import { many } from '../shared/words.ts';
import { called, forkOf, isOpen, type Fork, type Run } from './rows.ts';
import type { Panel, Shown } from './shown.ts';
import { line } from './words.ts';

const RUN = 48, FORK = 28;

export function lists(shown: Shown): Panel {
  const runs = el('div', 'body runs'), forks = el('div', 'body forks'), more = el('span', 'dim s'), others = el('span', 'dim s'), none = el('p', 'dim', 'Nothing has been compared yet.'), unforked = el('p', 'dim', 'No fork yet: F forks here.');
  const row = (): Painted<Run> => {
    const title = el('b', 'clip'), status = el('span', 's'), told = el('span', 's mid clip'), at = el('span', 's dim'), node = el('div', 'item', title, status, told, at);
    let id = '';
    node.addEventListener('click', () => shown.go(id));
    return {
      node,
      paint(one) {
        id = one.id;
        const fork = forkOf(one, shown.forks);
        say(title, one.title ?? one.id); say(status, one.status); say(told, line(one)); say(at, fork ? `from ${shown.zone.minute(Date.parse(fork.from))}` : '');
        mark(status, 'mid', !isOpen(one));
        chooses(node, one.id, one.id === shown.row);
      },
    };
  };
  const fork = (): Painted<Fork> => {
    const at = el('span', ''), title = el('span', 'mid clip'), record = el('span', 's dim'), node = el('div', 'item fork', at, title, record);
    let id = '';
    node.addEventListener('click', () => { shown.fork = id; shown.edition++; shown.onchange(); });
    return {
      node,
      paint(one) {
        id = one.id;
        say(at, shown.zone.minute(Date.parse(one.from))); say(title, [shown.zone.day(Date.parse(one.from)).split(' ').slice(0, 3).join(' '), called(one)].filter(Boolean).join(', ')); say(record, one.position === undefined ? '' : `record ${one.position.toLocaleString('en-US')}`);
        chooses(node, one.id, one.id === shown.fork);
      },
    };
  };
  const runList = new List<Run>(runs, RUN, row, 'Runs'), forkList = new List<Fork>(forks, FORK, fork, 'Forks');
  return {
    node: el('section', 'lists', el('div', 'row title', el('h2', '', 'Runs'), more, el('span', 'grow'), el('span', 'dim s', 'open'), el('kbd', '', '↵')), none, runs, el('div', 'row title', el('h2', '', 'Forks'), others), unforked, forks),
    paint() {
      this.node.hidden = shown.wanted !== '';
      none.hidden = shown.runs.length > 0; unforked.hidden = shown.forks.length > 0;
      const left = runList.paint(shown.runs, shown.runs.findIndex((one) => one.id === shown.row)), rest = forkList.paint(shown.forks, shown.forks.findIndex((one) => one.id === shown.fork));
      say(more, left.above + left.below ? `${many(shown.runs.length, 'run')}, +${left.above + left.below} more` : ''); say(others, rest.above + rest.below ? `+${rest.above + rest.below} more` : '');
    },
  };
}
