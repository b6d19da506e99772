// Top: which comparison this is and how far, what can be done with it, and the sentence that says what came of it.
import { badge } from '../shared/badge.ts';
import { el, mark, say } from '../shared/dom.ts';
import { count, many, span } from '../shared/words.ts';
import { changed, isOpen } from './rows.ts';
import type { Panel, Shown } from './shown.ts';
import { moment, sentence, type Sentence } from './words.ts';

const LOST_S = 5;

const button = (said: string, key: string, does: () => void): HTMLButtonElement => {
  const made = el('button', '', el('span', '', said), el('kbd', '', key)) as HTMLButtonElement;
  made.addEventListener('click', does);
  return made;
};

export function top(shown: Shown): Panel {
  const what = el('span', 'dim clip'), far = el('span', 'dim s clip'), sign = el('span', 'badge');
  const stop = button('Stop', 'X', () => void shown.stop()), more = button('Change and compare', '+', () => { shown.onform(shown.run); shown.go(''); }), here = button('Fork here', 'F', () => void shown.here()), keep = button('Keep', 'P', () => shown.wish('name')), use = button('Use', 'U', () => shown.wish('use')), back = button('Back to desk', 'esc', () => shown.back());
  return {
    node: el('header', 'top', el('h1', '', 'What-if'), what, el('span', 'grow'), far, sign, stop, keep, use, more, here, back),
    paint() {
      const run = shown.run, n = changed(run).length;
      say(what, run?.title ?? shown.tower?.beat?.title ?? '');
      say(far, run ? [`base and ${many(n, 'variant')}`, run.kind === 'run' ? '' : `${count(run.runs_done ?? 0)} of ${many(run.runs_most ?? 20, 'paired run')}`, run.cpu_s ? `${span(run.cpu_s)} of CPU` : ''].filter(Boolean).join(', ') : '');
      if (run) { say(sign, 'WHAT-IF'); mark(sign, 'out', false); } else if (shown.tower) badge(sign, shown.tower);
      stop.hidden = !run || !isOpen(run); more.hidden = !run; keep.hidden = use.hidden = !run || isOpen(run) || run.kind === 'run' || !run.kpis;
      say(use.firstElementChild!, `Use ${shown.variant}`);
      say(back.firstElementChild!, shown.wanted ? 'All runs' : 'Back to desk');
    },
  };
}

/** What is said where no run is chosen. */
function welcome(shown: Shown): Sentence {
  const fork = shown.forked;
  if (fork) return { lead: `Forked at ${moment(fork, shown.zone)}${fork.position === undefined ? '' : `, record ${count(fork.position)}`}.`, rest: 'Until then all is as it was. Say below what is different from then on.' };
  return { lead: 'What would the day have been?', rest: 'Fork it at a moment, change a plan or an event, and see what differs, seed by seed.' };
}

export function sayer(shown: Shown): Panel {
  const name = document.createElement('input'), lead = el('b'), rest = el('span', 'mid'), bar = el('i'), said = el('p', 'hint');
  said.setAttribute('role', 'status');
  name.maxLength = 64; name.placeholder = 'Name of the playbook. Enter keeps it, esc leaves';
  name.setAttribute('aria-label', 'Playbook');
  let asked = false;
  name.addEventListener('keydown', (event) => {
    event.stopPropagation(); // what is typed is no key of the page
    const typed = name.value.trim();
    if (event.key === 'Escape') { shown.asking = null; shown.tell(''); }
    if (event.key === 'Enter' && typed) { name.value = ''; void shown.keep(typed); }
  });
  const progress = el('div', 'progress', bar);
  return {
    node: el('section', 'say', el('p', 'sentence', lead, ' ', rest), said, name, progress),
    paint() {
      const run = shown.run, { lead: first, rest: then } = run ? sentence(run, shown.forks, shown.zone) : shown.wanted ? { lead: 'One moment.', rest: '' } : welcome(shown);
      const lost = shown.lostAt === null ? 0 : (performance.now() - shown.lostAt) / 1000;
      const naming = shown.asking === 'name';
      name.hidden = !naming; said.hidden = naming;
      if (naming && !asked) setTimeout(() => name.focus());
      asked = naming;
      say(lead, first); say(rest, then);
      say(said, lost > LOST_S && run ? `The API has not answered for ${span(lost)}: this is its last answer.` : shown.said);
      mark(progress, 'on', run !== null && isOpen(run));
      bar.style.width = `${(100 * (run?.runs_done ?? 0)) / Math.max(1, run?.runs_most ?? 20)}%`;
    },
  };
}
