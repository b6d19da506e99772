// Side: one deviation: what is known of it, who says so, what was said of it so far, and what can be done.
import { el, mark, say } from '../shared/dom.ts';
import { glyph, shape, WORDS } from '../shared/glyph.ts';
import type { Deviation } from '../shared/rows.ts';
import { isEscalated, isShelved, owner } from '../shared/seen.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, KINDS, many, money, UNKNOWN, within } from '../shared/words.ts';
import type { Ahead } from './ahead.ts';
import type { Story } from './api.ts';
import type { Chosen } from './chosen.ts';
import { signed } from './columns.ts';
import { decide } from './decide.ts';
import { inShort } from './outlook.ts';
import type { Panel } from './queue.ts';

const FACTS = ['What', 'Where', 'Leg comes', 'Since', 'Value', 'At risk', 'Act by', 'Taken by', 'Note', 'On no leg'] as const;
/** Facts that take no room where they are not there. */
const MAY_LACK = new Set<string>(['Leg comes', 'Note', 'On no leg']);
const SHELVES: [string, number, string][] = [['30 min', 30, '1'], ['2 hours', 120, '2'], ['8 hours', 480, '3'], ['a day', 1440, '4'], ['Bring back', 0, '0']];
/** What of an event the panel says already, or nobody reads. */
const PLAIN = new Set(['id', 'kind', 'source']);
const HEAD = 33, LINE = 18, FIELDS = 9, SAID = 6;
/** Rows of evidence, beside the event's kind, and of what was said that fit into so many pixels; none is cut in half. */
function fits(room: number): [number, number] {
  const lines = Math.floor((room - 2 * HEAD) / LINE), said = lines >= 3 ? Math.min(SAID, Math.ceil(lines / 4)) : 0;
  return [Math.min(FIELDS, (said ? lines - said : Math.floor((room - HEAD) / LINE)) - 1), said];
}
/** Who has a deviation, since when; or until when it is put off; or that nobody took it in time. */
function taken(one: Deviation, now: number, at: (text: string | undefined) => string): string {
  const who = owner(one), since = one.taken_at ?? one.acknowledged_at;
  const parts = [who ? `${who}${since ? `, ${at(since)}` : ''}` : isEscalated(one) ? `nobody in time, escalated ${at(one.escalated_at)}` : 'nobody'];
  if (isShelved(one, now)) parts.push(`shelved until ${at(one.shelved_until)}`);
  return parts.join('; ');
}

/** Why the plan leaves lines of a deviation without a leg, and how many; nothing where it leaves none. */
const unserved = (told: Story | null | undefined): string =>
  (told?.unserved ?? []).map((one) => (one.lines > 1 ? `${one.says} (${count(one.lines)} lines)` : one.says)).join('; ');

const MOMENT = /^\d{4}-\d\d-\d\dT/;
/** A field of an event for people. */
const written = (value: unknown, at: (text: string | undefined) => string): string =>
  typeof value === 'string' ? (MOMENT.test(value) ? at(value) : value) : JSON.stringify(value).replaceAll('"', '');

/** What asks for a choice or a word, and for which. */
const ASKS = new Set(['assign', 'note', 'shelve', 'reject']);
const WORDED: Record<string, [string, string]> = {
  assign: ['Assign to', 'To whom? Enter assigns, esc leaves'], note: ['Note', 'Note. Enter keeps it, esc leaves'],
  reject: ['Reason', 'Why not? Enter rejects, esc leaves'],
};
/** What would be approved: re-plan, +$5.5k, 221 moves. */
function about(tower: Tower, decision: string, other?: string): string {
  const one = tower.decisions.get(decision), option = tower.options.get(other ?? one?.option ?? ''), { net_cents, moves } = (other ? option : one) ?? {};
  return [KINDS[option?.kind ?? ''] ?? 'what was proposed', net_cents === undefined ? '' : signed(net_cents), moves ? many(moves, 'move') : ''].filter(Boolean).join(', ');
}
const MAY_ACT = new Set(['dispatcher', 'approver', 'admin']);

export function side(chosen: Chosen, ahead: Ahead): Panel {
  const sign = glyph(0, 'glyph large'), name = el('h2', 'large clip'), level = el('span', 'pill');
  const facts = FACTS.map((label) => ({ label: el('span', '', label), value: el('span', 'clip') }));
  const source = el('span', 'dim s'), raw = el('div', 'said'), said = el('div', 'said'), hint = el('div', 's dim hint'), ask = el('div', 'ask'), input = document.createElement('input');
  const button = (text: string, key: string, main: boolean, go: () => void): HTMLButtonElement => {
    const made = document.createElement('button');
    made.append(text, el('kbd', '', key));
    if (main) made.className = 'main';
    made.addEventListener('click', go);
    return made;
  };
  const note = button('Note', 'N', false, () => chosen.wish({ verb: 'note' }, 'note'));
  const give = button('Give back', 'G', false, () => chosen.give()), take = button('Acknowledge', 'A', true, () => chosen.take()), buttons = [
    take, give, button('Assign', 'T', false, () => chosen.wish({ verb: 'assign' }, 'assign')),
    button('Shelve', 'Z', false, () => chosen.wish({ verb: 'shelve' }, 'shelve')),
    note,
  ];
  const shelves = SHELVES.map(([text, minutes, key]) => button(text, key, false, () => void chosen.shelve(minutes)));
  ask.append(input, ...shelves);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { chosen.asking = null; input.blur(); chosen.onchange(); }
    if (event.key !== 'Enter' || !input.value.trim()) return;
    const text = input.value.trim(), asking = chosen.asking, verb = asking?.verb;
    input.value = ''; input.blur();
    if (verb === 'assign') void chosen.do('assign', { to: text });
    if (asking?.verb === 'reject') void chosen.rule('reject', asking.decision, { reason: text });
    if (verb === 'note') void chosen.do('note', { text });
  });
  const decision = decide(chosen);
  let zone = new Clock('UTC'), asked = '';
  hint.setAttribute('role', 'status');
  const more = el('button', 'plain', 'Leg comes', el('kbd', '', 'O'));
  more.addEventListener('click', () => chosen.onoutlook());
  facts[FACTS.indexOf('Leg comes')]!.label.replaceChildren(more);
  const known = el('div', 'facts', ...facts.flatMap((fact) => [fact.label, fact.value])), act = el('div', 'act', ask, el('div', 'row', ...buttons), hint);
  const evidence = el('div', 'box', el('div', 'row', el('h2', '', 'Evidence'), source), raw), course = el('div', 'box', el('h2', '', 'Said so far'), said);
  const node = el('section', 'side', decision.node, el('div', 'row', sign, name, level), known, evidence, course, act);
  return {
    node,
    paint(tower, changed) {
      decision.paint(tower, changed);
      if (tower.beat && tower.beat.tz !== zone.tz) zone = new Clock(tower.beat.tz);
      const one = tower.deviations.get(chosen.deviation), now = tower.now, at = (text: string | undefined): string => (text ? zone.stamp(Date.parse(text), now) : UNKNOWN);
      say(name, one?.subject ?? one?.site ?? 'No deviation');
      shape(sign, one?.severity ?? 0);
      say(level, WORDS[one?.severity ?? 0]);
      mark(level, 'critical', one?.severity === 3);
      const story = chosen.story?.id === one?.id ? chosen.story : null, event = story?.told?.evidence, left = unserved(story?.told);
      const comes = one ? inShort(ahead, tower, zone) : '', told = one ? [
        `${one.kind.replace('.', ' ').replaceAll('_', ' ')}: ${one.why ?? ''}`, one.site ?? UNKNOWN, comes, one.since && Date.parse(one.since) > now ? `from ${at(one.since)} on` : at(one.since), one.value !== undefined ? `${count(one.value)}, limit ${count(one.limit)}` : UNKNOWN,
        one.value_at_risk_cents !== undefined ? `${money(one.value_at_risk_cents)}${one.loss_cents_per_min ? `, ${money(one.loss_cents_per_min)}/min` : ''}` : UNKNOWN,
        one.act_by ? `${at(one.act_by)}, ${within(one.act_by, now)}` : UNKNOWN, taken(one, now, at), one.note ? `${one.note}${one.noted_by ? `, ${one.noted_by}` : ''}` : '', left,
      ] : FACTS.map(() => '');
      for (const [i, fact] of facts.entries()) say(fact.value, told[i]!);
      for (const [i, fact] of facts.entries()) fact.label.hidden = fact.value.hidden = MAY_LACK.has(FACTS[i]!) && told[i] === '';
      facts.at(-1)!.value.title = left;
      const [fields, words] = fits(act.offsetTop - known.offsetTop - known.offsetHeight);
      evidence.hidden = fields < 0; course.hidden = words === 0;
      say(source, event?.message ? `${event.message.source}, received ${at(event.message.received)}` : (story?.why ?? ''));
      const shown = event ? Object.entries(event.event).filter(([field]) => !PLAIN.has(field)).slice(0, Math.max(fields, 0)) : [];
      const of = `${one?.id} ${event?.event.id} ${shown.length}`;
      if (raw.dataset.of !== of) {
        raw.dataset.of = of;
        raw.replaceChildren(...(event ? [['event', event.event.kind] as [string, unknown], ...shown] : []).flatMap(([field, value]) => [el('span', 'dim', field.replaceAll('_', ' ')), el('span', 'clip', written(value, at))]));
      }
      const lines = words ? (story?.told?.timeline ?? []).slice(-words) : [];
      if (said.dataset.of !== `${one?.id} ${lines.length}`) {
        said.dataset.of = `${one?.id} ${lines.length}`;
        said.replaceChildren(...lines.flatMap((line) => [el('span', 'dim', at(line.now)), el('span', 'clip', `${line.status}, ${line.severity}${line.why ? `: ${line.why}` : ''}`)]));
      }
      const isAway = one !== undefined && isShelved(one, now), other = chosen.other;
      const may = MAY_ACT.has(chosen.me?.role ?? ''), asking = chosen.asking, n = chosen.subjects.length;
      for (const each of buttons) each.disabled = !may || n === 0 || (other !== '' && each !== note);
      give.hidden = !chosen.isMine;
      take.hidden = chosen.isMine;
      ask.hidden = asking === null || !ASKS.has(asking.verb);
      input.hidden = asking?.verb === 'shelve';
      for (const [i, each] of shelves.entries()) each.hidden = asking?.verb !== 'shelve' || (SHELVES[i]![1] === 0) !== isAway;
      const [label, placeholder] = WORDED[asking?.verb ?? ''] ?? ['Note', ''];
      input.setAttribute('aria-label', label);
      input.placeholder = placeholder;
      if (asking && asking.verb !== asked && !ask.hidden && !input.hidden) setTimeout(() => input.focus());
      asked = asking?.verb ?? '';
      say(take.firstChild as Element, n > 1 ? `Acknowledge ${n}` : 'Acknowledge');
      say(hint, asking?.verb === 'acknowledge' ? `Acknowledge all ${asking.ids.length}? ↵ confirms, esc leaves.`
        : asking?.verb === 'approve' ? `Approve ${about(tower, asking.decision, asking.option)} and have it done? ↵ confirms, esc leaves.`
        : asking?.verb === 'rollback' ? 'Take back what was done? ↵ confirms, esc leaves.'
        : chosen.adjusting?.moves[0]?.visit && !chosen.said ? 'These visits come elsewhere, together. esc leaves, D approves.'
        : chosen.adjusting && !chosen.said ? 'X: this line stays. → ←: another leg for it. ↵ says so, and the decision waits for its approval.'
        : chosen.told || (!may ? 'This key may look, not act. Ask for a dispatcher key.' : other ? chosen.barred
          : one && owner(one) ? 'You have it. Assigning hands it on, giving it back leaves it to anybody.' : 'Acknowledging takes it: nobody else will work on it. ? shows all keys.'));
    },
  };
}
