// Decide: what is proposed for the incident, at what price beside the other options, and who may say yes or no.
import { el, mark, say } from '../shared/dom.ts';
import type { Decision, Option } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, money, UNKNOWN, within } from '../shared/words.ts';
import type { Chosen } from './chosen.ts';
import { adjusting } from './adjust.ts';
import { suggested, suggestion } from './playbooks.ts';
import type { Panel } from './queue.ts';

const DONE = new Set(['acting', 'executed', 'failed']);
const COLUMNS = 3, OPEN = new Set(['proposed', 'approved', 'adjusted', 'acting', 'undoing']);
export const KINDS: Record<string, string> = { joint: 're-plan', spare: 'spare room', nothing: 'do nothing', redock: 're-seat visits' };
const MAY: Record<Verdict, Set<string>> = {
  look: new Set(['viewer', 'dispatcher', 'approver', 'admin']), approve: new Set(['approver', 'admin']), reject: new Set(['dispatcher', 'approver', 'admin']), adjust: new Set(['dispatcher', 'approver', 'admin']), rollback: new Set(['approver', 'admin']),
};
export type Verdict = 'approve' | 'reject' | 'rollback' | 'adjust' | 'look';

const signed = (cents: number | undefined): string => (cents === undefined ? UNKNOWN : `${cents > 0 ? '+' : cents < 0 ? '−' : ''}${money(Math.abs(cents))}`);
const more = (n: number | undefined): string => (n === undefined ? UNKNOWN : `${n > 0 ? '+' : ''}${count(n)}`);

/** What is told of each option; the decision's own figures where the feed has no options. */
const ROWS: [string, (one: Option, now: number) => string][] = [
  ['Net value', (one) => signed(one.net_cents)],
  ['in a bad case, p10', (one) => signed(one.net_p10_cents)],
  ['in a good case, p90', (one) => signed(one.net_p90_cents)],
  ['Cost', (one) => signed(one.cost_cents)],
  ['Lines kept', (one) => count(one.lines_kept)],
  ['Promises kept', (one) => more(one.on_time_delta)],
  ['Booked lines moved', (one) => count(one.churn_lines)],
  ['Confidence', (one) => (one.confidence === undefined ? UNKNOWN : `${(one.confidence * 100).toFixed(0)} %`)],
  ['Expires', (one, now) => within(one.expires_at, now)],
];

/** The decision of an incident: the one that waits or is under way, else the last. */
export function decisionOf(tower: Tower, incident: string): Decision | undefined {
  return [...tower.decisions.values()].filter((one) => one.incident === incident)
    .sort((a, b) => Number(OPEN.has(b.state)) - Number(OPEN.has(a.state)) || (b.at ?? '').localeCompare(a.at ?? ''))[0];
}

/** What can be said of a decision as it stands. */
export function verdicts(one: Decision | undefined, now: number): Verdict[] {
  if (!one) return [];
  const isOpen = ['proposed', 'approved', 'adjusted'].includes(one.state) && !(one.expires_at && Date.parse(one.expires_at) < now) && one.mode !== 'advise';
  if (isOpen) return one.type === 'redock' ? ['approve', 'reject', 'look'] : ['approve', 'adjust', 'reject'];
  return one.undo_until && Date.parse(one.undo_until) > now && DONE.has(one.state) ? ['rollback'] : [];
}

/** Which decision a verdict would be about: what was done last can be taken back also when the next is proposed already. */
export function subject(tower: Tower, incident: string, verdict: Verdict): Decision | undefined {
  const all = verdict === 'rollback' ? [...tower.decisions.values()].filter((one) => one.incident === incident).sort((a, b) => (b.at ?? '').localeCompare(a.at ?? '')) : [decisionOf(tower, incident)];
  return all.find((one) => verdicts(one, tower.now).includes(verdict));
}

export const mayDecide = (role: string | undefined, verdict: Verdict): boolean => MAY[verdict].has(role ?? '');

function options(tower: Tower, one: Decision | undefined, incident: string): Option[] {
  const all = [...tower.options.values()].filter((each) => each.incident === incident).sort((a, b) => (a.rank ?? 99) - (b.rank ?? 99));
  if (all.length === 0 && one) return [{ id: one.option ?? one.id, incident, ...(one as Partial<Option>) }];
  return all.length > COLUMNS ? [...all.slice(0, COLUMNS - 1), all.at(-1)!] : all;
}

export function decide(chosen: Chosen): Panel {
  const state = el('span', 'pill'), who = el('span', 'dim s clip'), expires = el('b'), undo = el('span', 's dim clip'), book = el('div', 's mid clip book');
  const heads = Array.from({ length: COLUMNS }, () => el('b', 'end'));
  const cells = ROWS.map(() => Array.from({ length: COLUMNS }, () => el('span', 'end')));
  const table = el('div', 'options', el('span'), ...heads, ...ROWS.flatMap(([label], i) => [el('span', 'dim', label), ...cells[i]!]));
  const buttons = ([['approve', 'Approve', 'D'], ['adjust', 'Adjust', 'E'], ['reject', 'Reject', 'R'], ['rollback', 'Roll back', 'U']] as const).map(([verdict, text, key]) => {
    const node = document.createElement('button');
    node.append(text, el('kbd', '', key));
    if (verdict === 'approve') node.className = 'main';
    node.addEventListener('click', () => chosen.ponder(verdict));
    return { verdict, node };
  });
  const lines = adjusting(chosen);
  let zone = new Clock('UTC');
  const node = el('div', 'box decide', el('div', 'row', el('h2', '', 'Decision'), state, who, el('span', 'grow'), expires), table, lines.node, book, el('div', 'row', ...buttons.map((one) => one.node), undo));
  return {
    node,
    paint(tower) {
      const one = decisionOf(tower, chosen.incident), shown = options(tower, one, chosen.incident), can = verdicts(one, tower.now);
      node.hidden = shown.length === 0;
      if (node.hidden) return;
      lines.paint(tower.beat && tower.beat.tz !== zone.tz ? (zone = new Clock(tower.beat.tz)) : zone);
      say(book, suggestion(suggested(tower, tower.incidents.get(chosen.incident))));
      book.title = book.textContent ?? '';
      book.hidden = book.textContent === '';
      table.hidden = !lines.node.hidden;
      say(state, one?.state.replace('_', ' ') ?? 'not proposed');
      say(who, one?.reason ? `${one.by ?? ''}: ${one.reason}` : one?.state === 'approved' ? `by ${one.approved_by ?? one.by}, waits for a second` : (one?.by ?? ''));
      const back = subject(tower, chosen.incident, 'rollback');
      say(expires, can.includes('approve') ? within(one?.expires_at, tower.now) : '');
      say(undo, back ? `undo of ${signed(back.net_cents)} ${within(back.undo_until, tower.now)}` : '');
      for (let k = 0; k < COLUMNS; k++) {
        const option = shown[k], isProposed = option !== undefined && option.id === one?.option;
        say(heads[k]!, !option ? '' : (KINDS[option.kind ?? ''] ?? 'proposed'));
        mark(heads[k]!, 'proposed', isProposed);
        for (const [i, [, told]] of ROWS.entries()) { say(cells[i]![k]!, option ? told(option, tower.now) : ''); mark(cells[i]![k]!, 'proposed', isProposed); }
      }
      for (const { verdict, node: button } of buttons) {
        button.hidden = verdict === 'rollback' ? !back : back !== undefined && (verdict === 'adjust' || !can.includes('approve')); // four do not fit
        const looks = verdict === 'adjust' && can.includes('look');
        if (verdict === 'adjust') say(button.firstChild as Element, one?.type === 'redock' ? 'Visits' : 'Adjust');
        button.disabled = !(verdict === 'rollback' ? back : looks || can.includes(verdict)) || !mayDecide(chosen.me?.role, verdict);
      }
    },
  };
}
