// Detail: what has happened, whom it reaches, when, and which deviations it is made of.
import { el, mark, say } from '../shared/dom.ts';
import { blink, glyph, shape, WORDS } from '../shared/glyph.ts';
import type { Deviation } from '../shared/rows.ts';
import { isEscalated, isShelved, owner, type Seen } from '../shared/seen.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, left, many, money, reach, span, title, UNKNOWN } from '../shared/words.ts';
import { loss, type Chosen } from './chosen.ts';
import { when, why } from './diagrams.ts';
import { chooses, List, type Painted } from '../shared/list.ts';
import type { Panel } from './queue.ts';

const ROW = 26, REDRAW_MS = 1000, AT_ONCE_MS = 200;
/** Diagrams of a moment that is further off than that are drawn anew at once: a day that is caught up with takes hours a second. */
const FAR_MS = 300_000;

/** Who sees to a deviation, or that nobody does though somebody should have. */
export function holder(one: Deviation, now: number): string {
  if (isShelved(one, now)) return `shelved ${left(one.shelved_until, now)}`;
  return owner(one) || (isEscalated(one) ? 'escalated' : '');
}

/** Who sees to an incident: ann, or 12 of 186 taken. */
export function takers(seen: Seen, members: number | undefined): string {
  if (!seen.taken) return '';
  return seen.by.size === 1 && seen.taken === members ? `taken by ${[...seen.by][0]}` : `${count(seen.taken)} of ${count(members)} taken`;
}

export function detail(chosen: Chosen): Panel {
  const id = el('span'), since = el('span'), sign = glyph(0, 'glyph large'), name = el('h1', 'clip'), level = el('span', 'pill'), age = el('span', 'pill'), who = el('span', 'pill'), alone = el('span', 'pill late'), lead = el('div', 'lead');
  const figures = ['Lines at risk', 'Value at risk', 'Next act by', 'Cost of waiting'].map((label) => ({ label, value: el('b'), small: el('small') }));
  const whyBox = document.createElement('canvas'), whenBox = document.createElement('canvas');
  for (const [box, label] of [[whyBox, 'From the cause to the lines at risk, by destination'], [whenBox, 'When it began, and by when it wants an act']] as const) { box.setAttribute('role', 'img'); box.setAttribute('aria-label', label); }
  const body = el('div', 'body'), counted = el('span', 'dim s'), more = el('span', 'dim s');
  let tower: Tower | null = null, drawn = 0, drawnAt = 0, zone = new Clock('UTC');

  const member = (): Painted<Deviation> => {
    const pick = el('span', 'pick'), shown = glyph(0), subject = el('span', 'clip'), reason = el('span', 'clip mid'), value = el('b', 'end'), act = el('span', 'end mid'), who = el('span', 'end dim clip');
    const node = el('div', 'member', pick, shown, subject, reason, value, act, who);
    let of = '';
    node.addEventListener('click', (event) => { if (event.ctrlKey || event.metaKey) toggle(chosen, of); chosen.point(of); });
    return {
      node,
      paint(one) {
        of = one.id;
        shape(shown, one.severity);
        blink(shown, one.severity === 3 && isEscalated(one));
        mark(who, 'late', isEscalated(one));
        say(subject, one.subject ?? one.site ?? UNKNOWN);
        say(reason, one.why ?? one.kind.replace('.', ' ').replaceAll('_', ' '));
        say(value, one.value_at_risk_cents ? money(one.value_at_risk_cents) : '');
        say(act, one.act_by ? left(one.act_by, tower!.now) : '');
        say(who, holder(one, tower!.now));
        chooses(node, one.id, one.id === chosen.deviation);
        mark(node, 'picked', chosen.picked.has(one.id));
      },
    };
  };
  const list = new List<Deviation>(body, ROW, member, 'Deviations');
  const node = el('section', 'detail',
    el('div', 'row s dim', id, since, el('span', 'grow'), el('span', '', 'previous ', el('kbd', '', 'K'), ' next ', el('kbd', '', 'J'))),
    el('div', 'row', sign, name, level, age, who, alone), lead,
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
      if (!one) { say(name, chosen.nothing); shape(sign, 0); for (const pill of [level, age, who, alone]) pill.hidden = true; list.paint([], -1); return; }
      level.hidden = age.hidden = false;
      const seen = now.seenTo(one.id);
      say(who, takers(seen, one.members)); who.hidden = !seen.taken;
      say(alone, `${count(seen.escalated)} escalated`); alone.hidden = !seen.escalated;
      say(id, one.id.slice(1, 9));
      say(since, `first seen ${zone.stamp(Date.parse(one.since!), now.now)}`);
      shape(sign, one.severity);
      say(name, title(one, now.sites, now.now));
      say(level, WORDS[one.severity]);
      mark(level, 'critical', one.severity === 3);
      say(age, `open ${span((now.now - Date.parse(one.since!)) / 1000)}`);
      say(lead, `${reach(one)} at risk; ${many(one.opened ?? 0, 'deviation')} so far, ${count(one.members)} open.${seen.escalated ? ` Nobody took ${count(seen.escalated)} in time.` : ''}`);
      const cost = loss(one, now), told: [string, string][] = [
        [one.lines ? count(one.lines) : '0', one.lines ? `of ${many(one.members ?? 0, 'deviation')}` : ''], [money(one.value_at_risk_cents), one.lines ? `${money((one.value_at_risk_cents ?? 0) / one.lines)} a line` : ''],
        [one.act_by ? left(one.act_by, now.now) : UNKNOWN, one.act_by ? `at ${zone.minute(Date.parse(one.act_by))}` : ''], [cost ? money(cost) : UNKNOWN, cost ? 'a minute' : ''],
      ];
      for (const [i, [value, small]] of told.entries()) { say(figures[i]!.value, value); say(figures[i]!.small, small); }
      const old = performance.now() - drawn;
      if (old > REDRAW_MS || (old > AT_ONCE_MS && Math.abs(now.now - drawnAt) > FAR_MS) || changed.has('chosen')) {
        drawn = performance.now(); drawnAt = now.now;
        why(whyBox, one, chosen.members, now);
        when(whenBox, one, chosen.members, now, zone);
      }
      const taken = chosen.members.filter(owner).length;
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
