// Seen: who sees to what: which deviations somebody has, which nobody has, and which nobody took in time.
import type { Deviation } from './rows.ts';

/** What people have done about an incident's deviations. */
export interface Seen {
  taken: number;
  /** Whoever has some of them. */
  by: Set<string>;
  /** Critical ones that nobody has taken, been given or put off. */
  waiting: number;
  /** Those that nobody took when they wanted an act, and that nobody has taken since. */
  escalated: number;
}

/** Whoever has a deviation; nothing if nobody has. */
export const owner = (one: Deviation): string => one.taken_by ?? one.assigned_to ?? one.acknowledged_by ?? '';

export const isShelved = (one: Deviation, now: number): boolean => one.shelved_until !== undefined && Date.parse(one.shelved_until) > now;

export const isWaiting = (one: Deviation, now: number): boolean => one.severity === 3 && !owner(one) && !isShelved(one, now);

export const isEscalated = (one: Deviation): boolean => one.escalated_at !== undefined && !owner(one);

export const NOBODY: Seen = { taken: 0, by: new Set(), waiting: 0, escalated: 0 };

/** By incident. */
export function seen(deviations: Iterable<Deviation>, now: number): Map<string, Seen> {
  const found = new Map<string, Seen>();
  for (const one of deviations) {
    if (!one.incident) continue;
    let its = found.get(one.incident);
    if (!its) found.set(one.incident, its = { taken: 0, by: new Set(), waiting: 0, escalated: 0 });
    const who = owner(one);
    if (who) { its.taken++; its.by.add(who); }
    if (isWaiting(one, now)) its.waiting++;
    if (isEscalated(one)) its.escalated++;
  }
  return found;
}
