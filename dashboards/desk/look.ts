// Look: while a person weighs an option, a recorded network is played no faster than time, or it would be gone first.
import type { Option } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import * as api from './api.ts';
import type { Chosen } from './chosen.ts';

const AGAIN_MS = 5_000, LASTS_MS = 15_000, IDLE_MS = 60_000;
const ACTS = new Set(['dispatcher', 'approver', 'admin']);

/** The option of an incident that a person would choose: the best that is not over and does something. */
export function weighed(tower: Tower, incident: string): Option | undefined {
  return [...tower.options.values()]
    .filter((one) => one.incident === incident && one.kind !== 'nothing' && Date.parse(one.expires_at ?? '') > tower.now)
    .sort((a, b) => (a.rank ?? 99) - (b.rank ?? 99))[0];
}

/** Says so to the tower, every few seconds, as long as the person has chosen the incident and still moves a hand. */
export function looking(chosen: Chosen): (tower: Tower) => void {
  let touched = -IDLE_MS, said = -AGAIN_MS;
  for (const what of ['keydown', 'pointermove', 'pointerdown']) document.addEventListener(what, () => { touched = performance.now(); }, { passive: true });
  return (tower) => {
    const now = performance.now();
    if (chosen.follows || document.hidden || now - touched > IDLE_MS || now - said < AGAIN_MS) return;
    if (tower.beat?.mode !== 'recorded' || tower.beat.paused || !ACTS.has(chosen.me?.role ?? '')) return;
    const option = weighed(tower, chosen.incident);
    if (!option) return;
    said = now;
    void api.look(option.id).then((answer) => { if (answer.ok) chosen.weighsUntil = performance.now() + LASTS_MS; });
  };
}
