// Outlook: when the leg that is looked at leaves and comes: the plan, the carrier, ours with its band; why, and what came.
import { el, mark, say } from '../shared/dom.ts';
import { chooses, further, List, type Painted } from '../shared/list.ts';
import { dialog, type Sheet } from '../shared/sheet.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, UNKNOWN } from '../shared/words.ts';
import type { Ahead } from './ahead.ts';
import type { Chosen } from './chosen.ts';
import { made, track } from './drawn.ts';
import { answered, arrival, asked, band, came, chance, chances, doubt, type Foretold, inOrder, isChance, isOfVisit, minutes, moment, others, shown } from './foretold.ts';

const ROW = 26, LEAST_MIN = 30;
const LEGEND = [['plan', 'plan'], ['wide', '90 % band'], ['ours', 'ours'], ['theirs', "carrier's"], ['label', 'came']] as const;
const FACTS = ['Shown', 'Chances', 'Doubt', 'Answered by', 'All said', 'Said', 'Came'] as const;

export interface SheetOfKeys extends Sheet { press(key: string): boolean; paint(tower: Tower): void }

/** From where to where the drawn minutes go: all that was said, the plan, and half an hour at least. */
function reach(all: Foretold[]): [number, number] {
  const said = all.filter((one) => !isOfVisit(one)).flatMap((one) => [one.p05, one.p50, one.p95, one.estimate_min, one.label_min]).filter((min) => min !== undefined);
  return [Math.min(0, ...said), Math.max(LEAST_MIN, ...said)];
}

/** What is known of the leg itself: EWR to IAH, UA; planned 13:00 to 16:40; left 13:31. */
function known(leg: string, tower: Tower, zone: Clock): string {
  const row = tower.legs.get(leg), at = (text: string | undefined): string => (text ? zone.near(Date.parse(text), tower.now) : UNKNOWN);
  if (!row) return leg ? 'It leaves in more than two days, or was over a day ago.' : '';
  const state = row.cancelled_at ? `cancelled ${at(row.cancelled_at)}` : row.arrived_at ? `left ${at(row.departed_at)}, came ${at(row.arrived_at)}` : row.departed_at ? `left ${at(row.departed_at)}` : 'has not left';
  return `${row.origin ?? UNKNOWN} to ${row.dest ?? UNKNOWN}${row.carrier ? `, ${row.carrier}` : ''}; planned ${at(row.dep_planned)} to ${at(row.arr_planned)}; ${state}${row.arr_expected && !row.arrived_at && !row.cancelled_at ? `; comes ${at(row.arr_expected)} as last told` : ''}`;
}

/** What the panel of a deviation says in one line: 15:20 (14:58 to 15:51), ours. */
export function inShort(ahead: Ahead, tower: Tower, zone: Clock): string {
  if (!ahead.told?.leg) return ahead.told?.all.length ? 'of its visit' : ahead.why;
  const leg = tower.legs.get(ahead.told.leg), now = tower.now;
  if (leg?.cancelled_at) return 'never: cancelled';
  if (leg?.arrived_at) return `came ${zone.near(Date.parse(leg.arrived_at), now)}`;
  const one = arrival(ahead.told.all);
  if (!one) return 'not asked yet';
  if (one.shown_min === undefined) return doubt(one);
  const comes = Date.parse(one.arr_planned ?? '') + one.shown_min * 60_000, whose = one.shown === 'carriers' ? ", the carrier's" : ` (${band(one, zone, now)}), ours`;
  return `${zone.near(comes, now)}${whose}${comes < now ? ', has passed' : ''}`;
}

export function outlook(chosen: Chosen, page: HTMLElement, ahead: Ahead, goes: () => void): SheetOfKeys {
  const name = el('h2', 'clip'), leg = el('p', 'mid clip'), none = el('p', 'dim none'), body = el('div', 'body'), low = el('span', 'dim'), high = el('span', 'dim end');
  const facts = FACTS.map((label) => ({ label: el('span', 'dim', label), value: el('span') })), why = made(), on = el('h2');
  const models = el('button', '', 'Who answers, how far off', el('kbd', '', '⇧O'));
  let tower: Tower | null = null, zone = new Clock('UTC'), at = '', items: Foretold[] = [], lows = 0, highs = 1;
  models.addEventListener('click', () => { over.show(false); goes(); });

  const isGone = (): boolean => tower?.legs.get(ahead.told?.leg ?? '')?.cancelled_at !== undefined;
  const row = (): Painted<Foretold> => {
    const question = el('span', 'clip'), theirs = el('span', 'theirs'), ours = el('span', 'ours'), wide = el('span', 'wide mid'), nothing = el('span', 'nothing clip'), drawn = track(), odds = el('span', 'odds end'), label = el('span', 'label end');
    const node = el('div', 'asked', question, theirs, ours, wide, drawn.node, nothing, odds, label);
    let of = '';
    node.addEventListener('click', () => { at = of; paint(); });
    return {
      node,
      paint(one) {
        of = one.id;
        const now = tower!.now, isTold = one.p50 !== undefined, isDrawn = isTold || one.estimate_min !== undefined;
        say(question, asked(one));
        say(theirs, isOfVisit(one) || isChance(one) ? '' : moment(one, one.estimate_min, zone, now));
        mark(theirs, 'picked', one.shown === 'carriers');
        say(ours, isTold ? moment(one, one.p50, zone, now) : '');
        mark(ours, 'picked', isTold && one.shown !== 'carriers');
        say(wide, isTold ? band(one, zone, now) : '');
        nothing.hidden = isTold || (isChance(one) && one.p_cancelled !== undefined);
        say(nothing, doubt(one));
        drawn.node.hidden = !isDrawn || !nothing.hidden || isOfVisit(one);
        drawn.paint(one, lows, highs);
        say(odds, chance(one));
        say(label, came(one, zone, now, isGone()));
        chooses(node, `asked-${one.id}`, one.id === at);
      },
    };
  };
  const list = new List<Foretold>(body, ROW, row, 'What was asked');
  const node = el('div', 'sheet outlook'), over = dialog(page, 'Outlook', 'ahead', (close) => { node.append(name, close, leg, none,
    el('div', 'asked head dim s', el('span', '', 'Asked'), el('span', 'theirs', "Carrier's"), el('span', 'ours', 'Ours'), el('span', 'wide', '9 times in 10'), el('div', 'scale', low, el('span', 'dim', 'minutes after the plan'), high), el('span', 'odds end', 'Chance'), el('span', 'label end', 'Came')),
    body, el('p', 'dim s legend', ...LEGEND.flatMap(([kind, word]) => [el('span', 'track', el('i', kind)), word]), el('b', '', '✓'), 'is shown'),
    el('div', 'two', el('div', '', el('div', 'row', on, el('span', 'dim s', 'minutes, one after the other')), why.node), el('div', 'told', ...facts.flatMap((fact) => [fact.label, fact.value]))), el('div', 'row', models)); return node; });

  const walk = (by: number): void => { at = further(items, at, by); paint(); };
  const close = (): void => over.show(false);
  /** While it is open it stays with what it is about, also when that is over. */
  const hold = (): void => { ahead.isHeld = over.isOpen && ahead.about !== null; };
  const go: Record<string, () => void> = { ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Escape: close, o: close, O: () => { close(); goes(); } };

  const tell = (one: Foretold | undefined, now: number): string[] => one ? [
    shown(one), chances(one, items.find(isChance)), doubt(one, now) || 'none', answered(one), others(one),
    one.issued_at ? `${zone.stamp(Date.parse(one.issued_at), now)} in record ${count(one.basis)}, by a model of ${count(one.version)} outcomes` : UNKNOWN, came(one, zone, now, isGone()),
  ] : FACTS.map(() => UNKNOWN);
  const paint = (): void => {
    if (!tower || !over.isOpen) return;
    if (tower.beat && tower.beat.tz !== zone.tz) zone = new Clock(tower.beat.tz);
    const told = ahead.told, about = ahead.about?.subject ?? 'nothing';
    items = inOrder(told?.all ?? []);
    if (!items.some((one) => one.id === at)) at = (arrival(items) ?? items[0])?.id ?? '';
    [lows, highs] = reach(items);
    say(name, `Outlook: ${told?.leg || about}${told?.leg && told.leg !== about ? `, for ${about}` : ''}`);
    say(leg, known(told?.leg ?? '', tower, zone));
    say(none, ahead.why || (!ahead.about ? 'No deviation is chosen.' : !told ? 'Asking ...' : items.length ? '' : told.leg ? 'Nothing was asked about it yet: cancellation from nine hours before it leaves, times from two.' : 'This is about no leg, or on none.'));
    none.hidden = none.textContent === '';
    node.toggleAttribute('data-empty', items.length === 0);
    say(low, minutes(lows)); say(high, minutes(highs));
    list.paint(items, items.findIndex((one) => one.id === at));
    const one = items.find((each) => each.id === at);
    say(on, one ? `${asked(one)}: why` : 'Why');
    why.paint(one);
    for (const [i, text] of tell(one, tower.now).entries()) say(facts[i]!.value, text);
  };
  return {
    get isOpen() { return over.isOpen; },
    show(on) { over.show(on); if (on) { chosen.follows = false; at = ''; body.focus(); } hold(); paint(); },
    press(key) { go[key]?.(); return key in go; },
    paint(now) { tower = now; hold(); paint(); },
  };
}
