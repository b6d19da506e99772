// Decide: what is proposed for the incident, at what price beside the other options, and who may say yes or no.
import { el, mark, say } from '../shared/dom.ts';
import type { Decision } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, KINDS, within } from '../shared/words.ts';
import type { Chosen } from './chosen.ts';
import { adjusting } from './adjust.ts';
import { COLUMNS, columns, OPEN, reason, ROWS, signed } from './columns.ts';
import { suggested, suggestion } from './playbooks.ts';
import type { Panel } from './queue.ts';

const DONE = new Set(['acting', 'executed', 'failed']);
const MAY: Record<Verdict, Set<string>> = {
  look: new Set(['viewer', 'dispatcher', 'approver', 'admin']), approve: new Set(['approver', 'admin']), reject: new Set(['dispatcher', 'approver', 'admin']), adjust: new Set(['dispatcher', 'approver', 'admin']), rollback: new Set(['approver', 'admin']),
};
export type Verdict = 'approve' | 'reject' | 'rollback' | 'adjust' | 'look';

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

export function decide(chosen: Chosen): Panel {
  const state = el('span', 'pill'), who = el('span', 'dim s clip'), expires = el('b'), undo = el('span', 's dim clip'), book = el('div', 's mid book'), binds = el('div', 's mid binds');
  const heads = Array.from({ length: COLUMNS }, () => el('b', 'end'));
  const cells = ROWS.map(() => Array.from({ length: COLUMNS }, () => el('span', 'end')));
  const table = el('div', 'options', el('span'), ...heads, ...ROWS.flatMap(([label], i) => [el('span', /^[a-z]/.test(label) ? 'dim part' : 'dim', label), ...cells[i]!]));
  const buttons = ([['approve', 'Approve', 'D'], ['adjust', 'Adjust', 'E'], ['reject', 'Reject', 'R'], ['rollback', 'Roll back', 'U']] as const).map(([verdict, text, key]) => {
    const node = document.createElement('button');
    node.append(text, el('kbd', '', key));
    if (verdict === 'approve') node.className = 'main';
    node.addEventListener('click', () => chosen.ponder(verdict));
    return { verdict, node };
  });
  const lines = adjusting(chosen);
  let zone = new Clock('UTC');
  const node = el('div', 'box decide', el('div', 'row', el('h2', '', 'Decision'), state, who, el('span', 'grow'), expires), table, binds, lines.node, book, el('div', 'row', ...buttons.map((one) => one.node), undo));
  return {
    node,
    paint(tower) {
      const one = decisionOf(tower, chosen.incident), shown = columns(tower, one, chosen.incident, chosen.held), can = verdicts(one, tower.now);
      node.hidden = shown.length === 0;
      if (node.hidden) return;
      if (tower.beat && tower.beat.tz !== zone.tz) zone = new Clock(tower.beat.tz);
      lines.paint(tower, zone);
      say(book, suggestion(suggested(tower, tower.incidents.get(chosen.incident))));
      book.title = book.textContent ?? '';
      book.hidden = book.textContent === '';
      const looked = shown.find((each) => each.id === (chosen.option || one?.option));
      binds.hidden = !lines.node.hidden;
      table.hidden = binds.hidden || shown.every((each) => each.kind === 'nothing');
      say(binds, reason(looked ?? shown[0], one, tower, zone));
      say(state, one?.state.replace('_', ' ') ?? 'not proposed');
      who.title = one?.reason ?? '';
      say(who, one?.reason ? `${one.by ?? ''}: ${one.reason}` : one?.state === 'approved' ? `by ${one.approved_by ?? one.by}, waits for a second` : (one?.by ?? ''));
      const back = subject(tower, chosen.incident, 'rollback');
      say(expires, can.includes('approve') ? within(one?.expires_at, tower.now) : '');
      say(undo, back ? `undo of ${signed(back.net_cents)} ${within(back.undo_until, tower.now)}` : '');
      for (let k = 0; k < COLUMNS; k++) {
        const option = shown[k], isProposed = option !== undefined && option === looked;
        say(heads[k]!, !option ? '' : `${k + 1} ${KINDS[option.kind ?? ''] ?? 'proposed'}`);
        mark(heads[k]!, 'proposed', isProposed);
        for (const [i, [, told]] of ROWS.entries()) { say(cells[i]![k]!, option ? told(option, tower.now) : ''); mark(cells[i]![k]!, 'proposed', isProposed); }
      }
      for (const { verdict, node: button } of buttons) {
        button.hidden = (verdict === 'adjust' && chosen.adjusting !== null) || (verdict === 'rollback' ? !back : back !== undefined && (verdict === 'adjust' || !can.includes('approve'))); // four do not fit
        const looks = verdict === 'adjust' && can.includes('look');
        if (verdict === 'adjust') say(button.firstChild as Element, one?.type === 'redock' ? 'Visits' : 'Adjust');
        button.disabled = !(verdict === 'rollback' ? back : looks || can.includes(verdict)) || !mayDecide(chosen.me?.role, verdict);
      }
    },
  };
}
