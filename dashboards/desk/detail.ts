// Detail: what has happened, whom it reaches, when, and which deviations it is made of.
import { el, mark, say } from '../shared/dom.ts';
import { glyph, shape, WORDS } from '../shared/glyph.ts';
import type { Deviation } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, left, money, reach, span, title, UNKNOWN } from '../shared/words.ts';
import { loss, type Chosen } from './chosen.ts';
import { when, why } from './diagrams.ts';
import { List, type Painted } from './list.ts';
import type { Panel } from './queue.ts';

const ROW = 26, REDRAW_MS = 1000;

/** Who sees to a deviation, or that nobody does though somebody should have. */
export function holder(one: Deviation, now: number): string {
  if (one.shelved_until && Date.parse(one.shelved_until) > now) return `shelved ${left(one.shelved_until, now)}`;
  return one.taken_by ?? one.assigned_to ?? one.acknowledged_by ?? (one.escalated_at ? 'escalated' : '');
}

export function detail(chosen: Chosen): Panel {
  const id = el('span'), since = el('span'), sign = glyph(0, 'glyph large'), name = el('h1', 'clip'), level = el('span', 'pill'), age = el('span', 'pill'), lead = el('div', 'lead');
  const figures = ['Lines at risk', 'Value at risk', 'Next act by', 'Cost of waiting'].map((label) => ({ label, value: el('b'), small: el('small') }));
  const whyBox = document.createElement('canvas'), whenBox = document.createElement('canvas');
  const body = el('div', 'body'), counted = el('span', 'dim s'), more = el('span', 'dim s');
  let tower: Tower | null = null, drawn = 0, zone = new Clock('UTC');

  const member = (): Painted<Deviation> => {
    const pick = el('span', 'pick'), shown = glyph(0), subject = el('span', 'clip'), reason = el('span', 'clip mid'), value = el('b', 'end'), act = el('span', 'end mid'), who = el('span', 'end dim clip');
    const node = el('div', 'member', pick, shown, subject, reason, value, act, who);
    let of = '';
    node.addEventListener('click', (event) => { chosen.deviation = of; if (event.ctrlKey || event.metaKey) toggle(chosen, of); chosen.onchange(); });
    return {
      node,
      paint(one) {
        of = one.id;
        shape(shown, one.severity);
        mark(shown, 'blink', one.severity === 3 && holder(one, tower!.now) === 'escalated');
        say(subject, one.subject ?? one.site ?? UNKNOWN);
        say(reason, `${one.kind.replace('.', ' ').replaceAll('_', ' ')}: ${one.why ?? ''}`);
        say(value, one.value_at_risk_cents ? money(one.value_at_risk_cents) : '');
        say(act, one.act_by ? left(one.act_by, tower!.now) : '');
        say(who, holder(one, tower!.now));
        mark(node, 'chosen', one.id === chosen.deviation);
        mark(node, 'picked', chosen.picked.has(one.id));
      },
    };
  };
  const list = new List<Deviation>(body, ROW, member);
  const node = el('section', 'detail',
    el('div', 'row s dim', id, since, el('span', 'grow'), el('span', '', 'previous ', el('kbd', '', 'K'), ' next ', el('kbd', '', 'J'))),
    el('div', 'row', sign, name, level, age), lead,
    el('div', 'figures', ...figures.map((one) => el('div', '', el('span', '', one.label), one.value, ' ', one.small))),
    el('div', 'why', el('div', 'title', el('h2', '', 'Why'), el('span', 'dim s', 'band width is lines at risk')), whyBox),
    el('div', 'when', el('div', 'title', el('h2', '', 'When')), whenBox),
    el('div', 'members', el('div', 'title', el('h2', '', 'Deviations'), counted, el('span', 'grow'), more, el('span', 'dim s', el('kbd', '', '↑'), ' ', el('kbd', '', '↓'), ' pick ', el('kbd', '', 'X'))), body));
  return {
    node,
    paint(now, changed) {
      tower = now;
      if (now.beat && now.beat.tz !== zone.tz) zone = new Clock(now.beat.tz);
      const one = now.incidents.get(chosen.incident);
      node.toggleAttribute('data-empty', !one);
      if (!one) { say(name, 'Nothing is open'); say(level, ''); level.hidden = age.hidden = true; list.paint([], -1); return; }
      level.hidden = age.hidden = false;
      say(id, one.id.slice(1, 9));
      say(since, `first seen ${zone.time(Date.parse(one.since!))}`);
      shape(sign, one.severity);
      say(name, title(one, now.sites));
      say(level, WORDS[one.severity]);
      mark(level, 'critical', one.severity === 3);
      say(age, `open ${span((now.now - Date.parse(one.since!)) / 1000)}`);
      say(lead, `${reach(one)} at risk; ${count(one.opened)} deviations so far, ${count(one.members)} open.`);
      const cost = loss(one, now), told: [string, string][] = [
        [one.lines ? count(one.lines) : '0', `of ${count(one.members)} deviations`], [money(one.value_at_risk_cents), one.lines ? `${money((one.value_at_risk_cents ?? 0) / one.lines)} a line` : ''],
        [one.act_by ? left(one.act_by, now.now) : UNKNOWN, one.act_by ? `at ${zone.minute(Date.parse(one.act_by))}` : ''], [cost ? money(cost) : UNKNOWN, cost ? 'a minute' : ''],
      ];
      for (const [i, [value, small]] of told.entries()) { say(figures[i]!.value, value); say(figures[i]!.small, small); }
      if (performance.now() - drawn > REDRAW_MS || changed.has('chosen')) {
        drawn = performance.now();
        why(whyBox, one, chosen.members, now);
        when(whenBox, one, chosen.members, now, zone);
      }
      const taken = chosen.members.filter((each) => holder(each, now.now)).length;
      const { above, below } = list.paint(chosen.members, chosen.members.findIndex((each) => each.id === chosen.deviation));
      say(counted, `${count(chosen.members.length)}, ${count(taken)} taken${chosen.picked.size ? `, ${chosen.picked.size} picked` : ''}`);
      say(more, above + below ? `+${count(above + below)} more ` : '');
    },
  };
}

/** Pick a deviation for what is done to many, or let it go. */
export function toggle(chosen: Chosen, id: string): void {
  if (!chosen.picked.delete(id) && id) chosen.picked.add(id);
}
