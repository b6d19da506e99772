// Limits: from where on a figure of the network is advisory, warning, critical. What a deviation's limits are, the feed says.
import type { Kpi, Severity } from '../shared/rows.ts';

/** Points below plan; lines at risk as a share of those due, and as a number where none is due; minutes late. */
export const BELOW = [1, 5, 15], AT_RISK = [0.02, 0.1, 0.25], LINES = [1, 100, 1000], LATE_MIN = [45, 90, 180];

/** Alarms in ten minutes: more than ten are a flood, more than a hundred nobody can follow (EEMUA 191); one can be borne all day. */
export const FLOOD = [11, 101], LONG_TERM = 1;

export const level = (x: number, limits: number[]): Severity => limits.filter((limit) => x >= limit).length as Severity;

/** Points by which a ratio is below its plan; 0 where there is none. */
export const below = (ratio: Kpi | undefined): number =>
  ratio?.value !== undefined && ratio.plan !== undefined ? (ratio.plan - ratio.value) * 100 : 0;
