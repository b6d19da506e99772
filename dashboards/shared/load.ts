// Load: how loaded whoever answers for a network is, as the figures of the day say it; docs/deviations.md says what each is.
import type { Kpi } from './rows.ts';
import type { Tower } from './tower.ts';

const DAY_S = 86_400;

/** The newest figure of a day for the whole network. */
export function today(tower: Tower, name: string): Kpi | undefined {
  let found: Kpi | undefined;
  for (const row of tower.kpis.values()) {
    if (row.name === name && row.site === undefined && row.window_s === DAY_S && (row.window ?? '') >= (found?.window ?? '')) found = row;
  }
  return found;
}

/** 31%, 0.7%; a dash if it is not known. */
export const share = (ratio: number | undefined): string => (ratio === undefined ? '–' : `${(ratio * 100).toFixed(ratio > 0 && ratio < 0.0995 ? 1 : 0)}%`);

/** The kinds and subjects that opened most in the last day, most first. */
export function most(tower: Tower): Kpi[] {
  const window = today(tower, 'alarms_10min')?.window;
  return [...tower.kpis.values()].filter((row) => row.name === 'alarms_most' && row.window === window && (row.value ?? 0) > 0)
    .sort((a, b) => b.value! - a.value! || `${a.kind} ${a.subject}`.localeCompare(`${b.kind} ${b.subject}`));
}
