// Playbooks: what was better in a what-if and is kept: all of them, and the one that an incident makes think of.
import { el } from '../shared/dom.ts';
import type { Incident, Playbook } from '../shared/rows.ts';
import { dialog, type Sheet } from '../shared/sheet.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, KINDS, many, money } from '../shared/words.ts';

const SHOWN = 12;

/** What it saved: $17.9k ($15.0k to $20.8k) in 8 pairs of runs, played with the same luck. */
const worth = (one: Playbook): string => {
  const saved = (cents: number | undefined): string => money(-(cents ?? 0));
  return `saved ${saved(one.net_cents)} (${saved(one.net_high_cents)} to ${saved(one.net_low_cents)}) in ${many(one.runs ?? 0, 'pair')}`;
};

const best = (tower: Tower): Playbook[] => [...tower.playbooks.values()].sort((a, b) => (a.net_cents ?? 0) - (b.net_cents ?? 0) || a.name.localeCompare(b.name));

/** The playbook for an incident: of its cause and its site, else of its cause at any; of several the one that saved most. */
export function suggested(tower: Tower, incident: Incident | undefined): Playbook | undefined {
  const fits = best(tower).filter((one) => incident && one.cause === incident.cause && (one.site === undefined || one.site === incident.site));
  return fits.find((one) => one.site !== undefined) ?? fits[0];
}

/** What is said of it where it is suggested. */
export const suggestion = (one: Playbook | undefined): string => (one ? `Playbook ${one.name}, v${count(one.version)}: ${KINDS[one.option] ?? one.option} ${worth(one)}` : '');

/** The list of all, over the page. */
export function playbooks(page: HTMLElement): Sheet & { paint(tower: Tower): void } {
  const rows = el('div', 'rows'), more = el('p', 'dim s');
  const over = dialog(page, 'Playbooks', 'playbooks', (close) => el('div', 'sheet books', el('h2', '', 'Playbooks'), close, rows, more));
  let of = '';
  return {
    get isOpen() { return over.isOpen; },
    show: (on) => over.show(on),
    paint(tower) {
      const all = best(tower), is = JSON.stringify(all), zone = new Clock(tower.beat?.tz ?? 'UTC');
      if (is === of) return;
      of = is;
      rows.replaceChildren(...all.slice(0, SHOWN).map((one) => el('div', 'row', el('b', 'clip', `${one.name}, v${count(one.version)}`),
        el('span', 'clip', `${one.cause ?? ''} at ${one.site ?? 'any site'}: ${KINDS[one.option] ?? one.option}`), el('span', 'clip', worth(one)),
        el('span', 'dim clip', `${one.title ?? ''}; ${one.by ?? ''}${one.at ? `, ${zone.stamp(Date.parse(one.at), tower.now)}` : ''}`))));
      more.textContent = all.length > SHOWN ? `+${count(all.length - SHOWN)} more` : all.length ? 'Each is suggested for incidents of its cause and site.' : 'None is kept yet: P in a comparison keeps the variant that is better.';
    },
  };
}
