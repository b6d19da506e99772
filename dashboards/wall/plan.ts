// Plan: since when lines are planned as they are, and how many move: those that were moved today, those that wait for a yes.
import { el, say } from '../shared/dom.ts';
import { today } from '../shared/load.ts';
import type { Decision } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { large, span } from '../shared/words.ts';

/** How many lines decisions of today have moved, and how many those would move that wait. */
export function churn(tower: Tower): { moved: number; waiting: number } {
  const day = Date.parse(today(tower, 'alarms_10min')?.window ?? '') || -Infinity;
  const sum = (of: (one: Decision) => boolean): number => [...tower.decisions.values()].filter((one) => one.type !== 'redock' && of(one)).reduce((all, one) => all + (one.moves ?? 0) - (one.void ?? 0), 0);
  return {
    moved: sum((one) => one.state === 'executed' && Date.parse(one.at ?? '') >= day),
    waiting: sum((one) => one.state === 'proposed' && !(one.expires_at && Date.parse(one.expires_at) < tower.now)),
  };
}

/** Shown where the feed says when lines were planned; `is` tells so. */
export function plan(): { node: HTMLElement; is(tower: Tower): boolean; paint(tower: Tower): void } {
  const value = el('span'), moved = el('div', 'mid'), waiting = el('div', 'mid');
  return {
    node: el('div', 'panel trend plan', el('div', '', el('div', 'label', 'Plan age'), el('div', 'value', value)), el('div', 'beside', moved, waiting)),
    is: (tower) => tower.beat?.planned_at !== undefined,
    paint(tower) {
      const lines = churn(tower);
      say(value, span(Math.max(0, tower.now - Date.parse(tower.beat?.planned_at ?? '')) / 1000));
      say(moved, `moved ${large(lines.moved)}`);
      say(waiting, `to move ${large(lines.waiting)}`);
    },
  };
}
