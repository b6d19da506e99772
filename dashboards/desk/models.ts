// Models: who answers each question of this network, by whose word, how far off all are, and whether they learn.
import { el, mark, say } from '../shared/dom.ts';
import { chooses, further, List, type Painted } from '../shared/list.ts';
import { dialog } from '../shared/sheet.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, many, UNKNOWN } from '../shared/words.ts';
import * as api from './api.ts';
import { percent, SERVERS } from './foretold.ts';
import type { SheetOfKeys } from './outlook.ts';

/** How a model stands: docs/sql.md, table `models`. Errors are minutes, on average over some two thousand outcomes. */
export interface Model {
  id: string; name?: string; moment?: string; serves?: string; serves_since?: string; why?: string; frozen_at?: string; frozen?: number;
  learned?: number; kept_back?: number; measured?: number; promotions?: number; rollbacks?: number; hours_worse?: number;
  tiles_error_min?: number; linear_error_min?: number; blend_error_min?: number; schedule_error_min?: number; drift_pct?: number;
  missing_share?: number; unseen_share?: number; skewed_share?: number; label_delay_min?: number; lost_share?: number; at?: string;
  ruled?: string; by?: string; reason?: string; ruled_at?: string;
}

const ROW = 26, AGAIN_MS = 15_000;
const QUESTIONS: Record<string, string> = {
  arrival_along_the_way: 'Comes, asked on its way', arrival_at_departure: 'Comes, asked as it left', arrival_two_hours_before: 'Comes, asked before it left',
  departure_two_hours_before: 'Leaves', cancellation_hours_before: 'Is cancelled', stay_at_gate: 'Stays at a site', stay_at_door: 'Is worked on',
};
const FREEZES: Record<string, string> = {
  inputs_missing: 'too many inputs are missing', unseen: 'too many carriers or places are new', clock_skew: 'outcomes that cannot be: clocks are off',
  labels_delayed: 'outcomes come late', labels_missing: 'outcomes are overdue', label_storm: 'too many outcomes at once',
};
const ERRORS = [['tiles', 'Ours', 'tiles_error_min'], ['linear', 'Challenger', 'linear_error_min'], ['blend', 'Both', 'blend_error_min'], ['schedule', 'Plan', 'schedule_error_min']] as const;
const FACTS = ['Serves', 'By whose word', 'Learning', 'Inputs', 'Outcomes', 'Of late'] as const;

const called = (one: Model): string => QUESTIONS[one.name ?? ''] ?? (one.name ?? one.id).replaceAll('_', ' ');
const isByHand = (one: Model): boolean => one.ruled === 'by_hand';
const isFrozen = (one: Model): boolean => one.why !== undefined && one.why !== 'none';
/** Who answers; of chances there is nobody else. */
const serves = (one: Model): string => (one.name === 'cancellation_hours_before' ? 'its only model' : `${SERVERS[one.serves ?? ''] ?? UNKNOWN}${isByHand(one) ? ', by hand' : ''}`);

/** All that is known of one. */
function told(one: Model, at: (text: string | undefined) => string): string[] {
  const shares = [['missing', one.missing_share], ['never seen', one.unseen_share]] as const, bad = [['cannot be', one.skewed_share], ['six hours overdue', one.lost_share]] as const;
  const listed = (all: readonly (readonly [string, number | undefined])[]): string => all.filter(([, share]) => share !== undefined).map(([what, share]) => `${percent(share)} ${what}`).join(', ');
  const changes = one.promotions ? `; ${many(one.promotions, 'promotion')}, ${count(one.rollbacks ?? 0)} taken back on trial` : '';
  return [
    `${serves(one)}${one.serves_since ? `, since ${at(one.serves_since)}` : ''}${changes}`,
    isByHand(one) ? `${one.by ?? UNKNOWN}, ${at(one.ruled_at)}: ${one.reason ?? UNKNOWN}` : `the rule's${one.by ? `; ${one.by} left it to that ${at(one.ruled_at)}: ${one.reason ?? UNKNOWN}` : ''}`,
    `${isFrozen(one) ? `frozen since ${at(one.frozen_at)}: ${FREEZES[one.why!] ?? one.why}; answers are wider` : 'goes on'}${one.frozen ? `; was frozen ${many(one.frozen, 'time')}` : ''}`,
    listed(shares) || UNKNOWN,
    `${count(one.learned)} learned${one.kept_back ? `, ${count(one.kept_back)} kept back` : ''}${listed(bad) ? `; of late ${listed(bad)}` : ''}${one.label_delay_min === undefined ? '' : `, known ${count(one.label_delay_min)} min after`}`,
    [one.drift_pct ? `errors have grown by ${count(one.drift_pct)} % beyond the plan's` : '', one.hours_worse ? `the plan was less off for ${many(one.hours_worse, 'hour')} in a row` : ''].filter(Boolean).join('; ') || 'as usual',
  ];
}

export function models(page: HTMLElement): SheetOfKeys {
  const body = el('div', 'body'), none = el('p', 'dim none'), facts = FACTS.map((label) => ({ label: el('span', 'dim', label), value: el('span') })), on = el('h2');
  let tower: Tower | null = null, zone = new Clock('UTC'), items: Model[] = [], at = '', why = 'Asking ...', askedAt = 0;

  const row = (): Painted<Model> => {
    const name = el('span', 'clip'), who = el('span', 'clip'), errors = ERRORS.map(() => el('span', 'end')), learned = el('span', 'end'), state = el('span', 'clip');
    const node = el('div', 'model', name, who, ...errors, learned, state);
    let of = '';
    node.addEventListener('click', () => { at = of; paint(); });
    return {
      node,
      paint(one) {
        of = one.id;
        say(name, called(one));
        say(who, serves(one));
        for (const [i, [server, , field]] of ERRORS.entries()) { say(errors[i]!, one[field] === undefined ? UNKNOWN : one[field].toFixed(1)); mark(errors[i]!, 'picked', one.serves === server && one[field] !== undefined); }
        say(learned, count(one.learned));
        say(state, isFrozen(one) ? `frozen: ${FREEZES[one.why!] ?? one.why}` : 'goes on');
        mark(state, 'late', isFrozen(one));
        chooses(node, `model-${one.id}`, one.id === at);
      },
    };
  };
  const list = new List<Model>(body, ROW, row, 'Models');
  const over = dialog(page, 'Models', 'served', (close) => el('div', 'sheet models', el('h2', '', 'Who answers, and how far off'), close,
    el('p', 'mid', 'Mean error in minutes over some two thousand outcomes; ✓ answers. By rule the best of ours, once it is 2 % less off, on trial; the plan where ours were a tenth worse for six hours.'), none,
    el('div', 'model head dim s', el('span', '', 'Asked of a leg or a visit'), el('span', '', 'Answered by'), ...ERRORS.map(([, label]) => el('span', 'end', label)), el('span', 'end', 'Outcomes'), el('span', '', 'Learning')),
    body, on, el('div', 'told', ...facts.flatMap((fact) => [fact.label, fact.value])),
    el('p', 'dim s', 'Having another one serve takes an approver: towerctl models promote, towerctl models rollback.')));

  const walk = (by: number): void => { at = further(items, at, by); paint(); };
  const close = (): void => over.show(false);
  const go: Record<string, () => void> = { ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Escape: close, O: close };
  const again = async (): Promise<void> => {
    askedAt = performance.now();
    const answer = await api.models(), order = Object.keys(QUESTIONS), place = (one: Model): number => (order.indexOf(one.name ?? '') + 1 || order.length + 1);
    if (answer.ok) items = answer.value.items.sort((a, b) => place(a) - place(b));
    why = answer.ok ? (items.length ? '' : 'No model has been asked yet.') : answer.why;
    paint();
  };
  const paint = (): void => {
    if (!tower || !over.isOpen) return;
    if (performance.now() - askedAt > AGAIN_MS && !document.hidden) void again();
    if (tower.beat && tower.beat.tz !== zone.tz) zone = new Clock(tower.beat.tz);
    if (!items.some((one) => one.id === at)) at = items[0]?.id ?? '';
    const one = items.find((each) => each.id === at), now = tower.now;
    say(none, why);
    none.hidden = why === '';
    list.paint(items, items.findIndex((each) => each.id === at));
    say(on, one ? called(one) : 'None');
    for (const [i, text] of (one ? told(one, (text) => (text ? zone.stamp(Date.parse(text), now) : UNKNOWN)) : FACTS.map(() => UNKNOWN)).entries()) say(facts[i]!.value, text);
  };
  return {
    get isOpen() { return over.isOpen; },
    show(isOn) { over.show(isOn); if (isOn) { body.focus(); void again(); } paint(); },
    press(key) { go[key]?.(); return key in go; },
    paint(now) { tower = now; paint(); },
  };
}
