// Load: how loaded whoever works here is, which deviations came most in a day, and what is put off until when.
import { el, say } from '../shared/dom.ts';
import { glyph, shape } from '../shared/glyph.ts';
import { chooses, further, List, type Painted } from '../shared/list.ts';
import { most, share, today } from '../shared/load.ts';
import type { Deviation } from '../shared/rows.ts';
import { isShelved, owner } from '../shared/seen.ts';
import { dialog, type Sheet } from '../shared/sheet.ts';
import type { Tower } from '../shared/tower.ts';
import { Clock, count, left, many, UNKNOWN } from '../shared/words.ts';
import { FLOOD, level } from '../wall/limits.ts';
import type { Chosen } from './chosen.ts';

const ROW = 26, MAY_ACT = new Set(['dispatcher', 'approver', 'admin']);

/** A row of either list: what came so often, or what is put off. */
interface Item { id: string; kind: string; subject: string; times?: number; one: Deviation | undefined; isOff: boolean }

export interface LoadSheet extends Sheet { press(key: string): boolean; paint(tower: Tower): void }

const FIGURES: [string, string, (value: number) => string, string][] = [
  ['Alarms in 10 min', 'alarms_10min', count, 'aim 1, flood over 10'],
  ['Of a day in flood', 'alarms_flood_share', share, 'aim under 1%'],
  ['Chattering', 'alarms_chattering', count, '3 times in 10 min; aim 0'],
  ['Stale', 'alarms_stale', count, 'open over a day; aim under 5'],
  ['The ten that came most', 'alarms_top10_share', share, 'of all in a day; aim under 5%'],
  ['Shelved', 'alarms_shelved', count, 'each comes back by itself'],
];

const words = (kind: string): string => kind.replace('.', ' ').replaceAll('_', ' ');

export function load(chosen: Chosen, page: HTMLElement): LoadSheet {
  const sign = glyph(0), figures = FIGURES.map(([label, name, told, aim]) => ({ name, told, label, aim, value: el('b'), small: el('small', '', aim) }));
  const mostBody = el('div', 'body'), offBody = el('div', 'body off'), none = el('span', 'dim s'), more = el('span', 'dim s'), said = el('span', 'dim s clip');
  const button = (text: string, key: string, go: () => void): HTMLButtonElement => {
    const made = document.createElement('button');
    made.append(text, el('kbd', '', key));
    made.addEventListener('click', go);
    return made;
  };
  const show = button('Show in the queue', '↵', () => lead()), back = button('Bring back', 'B', () => bring());
  let tower: Tower | null = null, items: Item[] = [], at = '', hasAsked = false, zone = new Clock('UTC');

  const row = (leads: boolean) => (): Painted<Item> => {
    const shown = glyph(0), subject = el('span', 'clip'), kind = el('span', 'clip mid'), times = el('b', 'end'), state = el('span', 'end dim clip');
    const node = el('div', 'came', shown, subject, kind, times, state);
    let of = '';
    node.addEventListener('click', () => { at = of; if (leads) lead(); else paint(); });
    return {
      node,
      paint(item) {
        of = item.id;
        const one = item.one, now = tower!.now;
        shape(shown, one?.severity ?? 0);
        say(subject, item.subject);
        say(kind, words(item.kind));
        say(times, item.isOff ? left(one?.shelved_until, now) : count(item.times));
        say(state, item.isOff ? [`until ${zone.stamp(Date.parse(one!.shelved_until!), now)}`, one!.shelved_by].filter(Boolean).join(', ') : !one ? 'over' : isShelved(one, now) ? 'shelved' : owner(one) || 'open');
        chooses(node, `load-${item.id}`, item.id === at);
      },
    };
  };
  const came = new List<Item>(mostBody, ROW, row(true), 'Came most'), off = new List<Item>(offBody, ROW, row(false), 'Put off');
  const over = dialog(page, 'Alarm load', 'loaded', (close) => el('div', 'sheet load', el('h2', '', 'Alarm load'), close,
    el('div', 'figures', ...figures.map((one, i) => el('div', '', el('span', '', one.label), el('div', 'row', ...(i ? [] : [sign]), one.value), one.small))),
    el('div', 'row', el('h2', '', 'Came most in a day'), none), mostBody, el('div', 'row', el('h2', '', 'Put off'), more), offBody, el('div', 'row', show, back, said)));
  said.setAttribute('role', 'status');

  const item = (): Item | undefined => items.find((one) => one.id === at) ?? items[0];
  const lead = (): void => { const one = item(); over.show(false); if (one) chosen.only(one.kind, one.subject); };
  const barred = (one: Item | undefined): boolean => !one?.isOff || !MAY_ACT.has(chosen.me?.role ?? '') || (owner(one.one!) !== '' && owner(one.one!) !== chosen.me?.name);
  const bring = (): void => { const one = item(); if (barred(one)) return; hasAsked = true; void chosen.shelve(0, [one!.one!.id]); };
  const walk = (by: number): void => { at = further(items, item()?.id ?? '', by); paint(); };
  const go: Record<string, () => void> = { ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Enter: lead, b: bring, Escape: () => over.show(false), l: () => over.show(false) };

  const gather = (now: Tower): Item[] => {
    const open = new Map([...now.deviations.values()].map((one) => [`${one.kind} ${one.subject}`, one]));
    const shelved = [...open.values()].filter((one) => isShelved(one, now.now)).sort((a, b) => a.shelved_until!.localeCompare(b.shelved_until!));
    return [
      ...most(now).map((one): Item => ({ id: one.id, kind: one.kind ?? '', subject: one.subject ?? '', times: one.value!, one: open.get(`${one.kind} ${one.subject}`), isOff: false })),
      ...shelved.map((one): Item => ({ id: one.id, kind: one.kind, subject: one.subject ?? one.site ?? '', one, isOff: true })),
    ];
  };
  const paint = (): void => {
    if (!tower || !over.isOpen) return;
    if (tower.beat && tower.beat.tz !== zone.tz) zone = new Clock(tower.beat.tz);
    for (const one of figures) {
      const value = today(tower, one.name)?.value;
      say(one.value, value === undefined ? UNKNOWN : one.told(value));
      if (one.name === 'alarms_10min') shape(sign, level(value ?? 0, FLOOD));
    }
    const began = today(tower, 'incidents_10min')?.value;
    say(figures[0]!.small, `${figures[0]!.aim}${began ? `; ${many(began, 'incident')}` : ''}`);
    items = gather(tower);
    at = item()?.id ?? '';
    const often = items.filter((one) => !one.isOff), away = items.filter((one) => one.isOff);
    came.paint(often, often.findIndex((one) => one.id === at));
    const { above, below } = off.paint(away, away.findIndex((one) => one.id === at));
    say(none, often.length ? '' : 'Nothing opened twice.');
    say(more, above + below ? `+${count(above + below)} more` : away.length ? '' : 'Nothing is.');
    show.disabled = items.length === 0;
    back.disabled = barred(item());
    say(said, hasAsked ? chosen.said : '');
  };
  return {
    get isOpen() { return over.isOpen; },
    show(on) { over.show(on); hasAsked = false; if (on) mostBody.focus(); paint(); },
    press(key) { go[key]?.(); return key in go; },
    paint(now) { tower = now; paint(); },
  };
}
