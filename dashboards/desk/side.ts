// Side: one deviation: what is known of it, who says so, what was said of it so far, and what can be done.
import { el, mark, say } from '../shared/dom.ts';
import { glyph, shape, WORDS } from '../shared/glyph.ts';
import { Clock, left, money, UNKNOWN } from '../shared/words.ts';
import type { Chosen } from './chosen.ts';
import { holder } from './detail.ts';
import type { Panel } from './queue.ts';

const FACTS = ['What', 'Where', 'Since', 'Value', 'At risk', 'Act by', 'Seen to by', 'Note'] as const;
const SHELVES: [string, number][] = [['30 min', 30], ['2 hours', 120], ['8 hours', 480], ['a day', 1440]];
const MAY_ACT = new Set(['dispatcher', 'approver', 'admin']);

export function side(chosen: Chosen): Panel {
  const sign = glyph(0, 'glyph large'), name = el('h1', 'clip'), level = el('span', 'pill');
  const facts = FACTS.map((label) => ({ label, value: el('span', 'clip') }));
  const source = el('span', 'dim s'), raw = el('div', 'raw'), said = el('div', 'said'), hint = el('div', 's dim hint'), ask = el('div', 'ask'), input = document.createElement('input');
  const button = (text: string, key: string, main: boolean, go: () => void): HTMLButtonElement => {
    const made = document.createElement('button');
    made.append(text, el('kbd', '', key));
    if (main) made.className = 'main';
    made.addEventListener('click', go);
    return made;
  };
  const take = button('Acknowledge', 'A', true, () => void chosen.do('acknowledge')), buttons = [
    take, button('Assign', 'T', false, () => { chosen.asking = { verb: 'assign' }; chosen.onchange(); }),
    button('Shelve', 'Z', false, () => { chosen.asking = { verb: 'shelve' }; chosen.onchange(); }),
    button('Note', 'N', false, () => { chosen.asking = { verb: 'note' }; chosen.onchange(); }),
  ];
  const shelves = SHELVES.map(([text, minutes], i) => button(text, String(i + 1), false, () => void chosen.shelve(minutes)));
  ask.append(input, ...shelves);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { chosen.asking = null; input.blur(); chosen.onchange(); }
    if (event.key !== 'Enter' || !input.value.trim()) return;
    const text = input.value.trim(), verb = chosen.asking?.verb;
    input.value = ''; input.blur();
    if (verb === 'assign') void chosen.do('assign', { to: text });
    if (verb === 'note') void chosen.do('note', { text });
  });
  let zone = new Clock('UTC'), asked = '';
  const node = el('section', 'side', el('div', 'row', sign, name, level),
    el('div', 'facts', ...facts.flatMap((fact) => [el('span', '', fact.label), fact.value])),
    el('div', 'box', el('div', 'row', el('h2', '', 'Evidence'), source), raw),
    el('div', 'box', el('h2', '', 'Said so far'), said),
    el('div', 'act', ask, el('div', 'row', ...buttons), hint));
  return {
    node,
    paint(tower) {
      if (tower.beat && tower.beat.tz !== zone.tz) zone = new Clock(tower.beat.tz);
      const one = tower.deviations.get(chosen.deviation), now = tower.now, at = (text: string | undefined): string => (text ? `${zone.time(Date.parse(text))}` : UNKNOWN);
      say(name, one?.subject ?? one?.site ?? 'No deviation');
      shape(sign, one?.severity ?? 0);
      say(level, WORDS[one?.severity ?? 0]);
      mark(level, 'critical', one?.severity === 3);
      const told = one ? [
        `${one.kind}: ${one.why ?? ''}`, one.site ?? UNKNOWN, at(one.since), one.value !== undefined ? `${one.value.toFixed(0)}, limit ${one.limit?.toFixed(0) ?? UNKNOWN}` : UNKNOWN,
        one.value_at_risk_cents !== undefined ? `${money(one.value_at_risk_cents)}${one.loss_cents_per_min ? `, ${money(one.loss_cents_per_min)}/min` : ''}` : UNKNOWN,
        one.act_by ? `${at(one.act_by)}, ${left(one.act_by, now)}` : UNKNOWN, holder(one, now) || 'nobody', one.note ?? UNKNOWN,
      ] : FACTS.map(() => '');
      for (const [i, fact] of facts.entries()) say(fact.value, told[i]!);
      const story = chosen.story?.id === one?.id ? chosen.story : null, event = story?.told?.evidence;
      say(source, event?.message ? `${event.message.source}, received ${at(event.message.received)}` : (story?.why ?? ''));
      say(raw, event ? JSON.stringify(event.event, null, 1).replaceAll('"', '').slice(0, 700) : '');
      const lines = (story?.told?.timeline ?? []).slice(-6);
      if (said.dataset.of !== `${one?.id} ${lines.length}`) {
        said.dataset.of = `${one?.id} ${lines.length}`;
        said.replaceChildren(...lines.flatMap((line) => [el('span', 'dim', at(line.now)), el('span', 'clip', `${line.status}, ${line.severity}${line.why ? `: ${line.why}` : ''}`)]));
      }
      const may = MAY_ACT.has(chosen.me?.role ?? ''), asking = chosen.asking, n = chosen.subjects.length;
      for (const each of buttons) each.disabled = !may || n === 0;
      ask.hidden = asking === null || asking.verb === 'find' || asking.verb === 'acknowledge';
      input.hidden = asking?.verb === 'shelve';
      for (const each of shelves) each.hidden = asking?.verb !== 'shelve';
      input.placeholder = asking?.verb === 'assign' ? 'To whom? Enter assigns, esc leaves' : 'Note. Enter keeps it, esc leaves';
      if (asking && asking.verb !== asked && !ask.hidden && !input.hidden) setTimeout(() => input.focus());
      asked = asking?.verb ?? '';
      say(take.firstChild as Element, n > 1 ? `Acknowledge ${n}` : 'Acknowledge');
      say(hint, asking?.verb === 'acknowledge' ? `Acknowledge all ${asking.ids.length}? ↵ confirms, esc leaves.`
        : chosen.said || (may ? 'Acknowledging takes it: nobody else will work on it. ? shows all keys.' : 'This key may look, not act. Ask for a dispatcher key.'));
    },
  };
}
