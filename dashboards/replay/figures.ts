// Figures: a key figure's number as people read it, and in a word whether a difference is good.
import { UNKNOWN } from '../shared/words.ts';
import type { Figure, Kpi, Run } from './rows.ts';

/** How a figure's numbers are written: one unit and one precision a row. */
export interface Scale { unit: string; by: number; decimals: number }

/** Money in thousands of dollars where any of it is that much. */
export function scale(kpi: Kpi): Scale {
  if (kpi.unit !== 'cents') return { unit: kpi.unit ?? '', by: 1, decimals: kpi.decimals ?? 0 };
  const all = [kpi.baseline, ...Object.values(kpi.of ?? {}).flatMap((one) => [one.value, one.diff_mean])].map((n) => Math.abs(n ?? 0));
  const most = Math.max(0, ...all);
  return most >= 1e9 ? { unit: '$M', by: 1e8, decimals: 2 } : most >= 1e5 ? { unit: '$k', by: 1e5, decimals: 1 } : { unit: '$', by: 100, decimals: 0 };
}

const shown = (n: number, decimals: number): string => n.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/** 5,331; a dash if it is not known. */
export const plain = (n: number | undefined, { by, decimals }: Scale): string => (n === undefined ? UNKNOWN : shown(n / by, decimals).replace(/^-/, '−'));

/** +4.5, −839, 0; a dash if it is not known. */
export function signed(n: number | undefined, { by, decimals }: Scale): string {
  if (n === undefined) return UNKNOWN;
  const said = shown(Math.abs(n / by), decimals);
  return /[1-9]/.test(said) ? (n > 0 ? '+' : '−') + said : said;
}

/** 4.1 to 4.9; nothing before there is an interval. */
export const range = (one: Figure, of: Scale): string =>
  (one.diff_lo === undefined || one.diff_hi === undefined ? '' : `${signed(one.diff_lo, of)} to ${signed(one.diff_hi, of)}`);

export type Word = 'better' | 'worse' | 'more' | 'less' | 'no difference' | 'input' | 'same' | 'one pair' | '';

/** What a difference is, in a word. `input`: recorded, and no plan changes it. */
export function word(kpi: Kpi, one: Figure | undefined): Word {
  if (one?.diff_mean === undefined) return '';
  const { diff_mean: mean, diff_lo: lo, diff_hi: hi } = one;
  if (mean === 0 && !lo && !hi) return kpi.validity === 'replayed' ? 'input' : 'same';
  if (lo === undefined || hi === undefined) return 'one pair';
  if (lo <= 0 && hi >= 0) return 'no difference';
  if (!kpi.good) return mean > 0 ? 'more' : 'less';
  return mean > 0 === kpi.good > 0 ? 'better' : 'worse';
}

const WORTH = ['net_cost', 'net_cents', 'net', 'net_value', 'net_cost_cents', 'cost_cents', 'cost'];
/** The figure that says what a variant is worth, all told. */
export const worth = (run: Run | null): Kpi | undefined => WORTH.map((name) => run?.kpis?.find((one) => one.name === name)).find((one) => one !== undefined);
