// Rows: forks and runs as the API answers them (docs/api.md, What if). What is not there is not known yet.

export interface Fork { id: string; title?: string; from: string; position?: number; state_hash?: string; past?: 'recorded' | 'running'; of?: string }

export type Status = 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
/** `assumes`: what it takes for granted, in words. */
export interface Variant { key: string; title: string; said?: string; assumes?: string[] }

/** A figure of one variant: mean of the paired differences to the base, and their 95 % interval from the second pair on. */
export interface Figure { value?: number; diff_mean?: number; diff_lo?: number; diff_hi?: number; runs?: number }
export interface Kpi {
  name: string; title: string; unit?: string; decimals?: number; good?: number; baseline?: number;
  validity?: 'replayed' | 'modelled' | 'mixed'; assumed?: boolean; of?: Record<string, Figure>;
}

type Series = (number | null)[];
export interface Mark { at: string; text: string }
export interface Lanes {
  unit: string; title: string; from: string; to?: string; step_s: number; fork_at?: string;
  series: Record<string, Series>; diff?: Record<string, { mean: Series; lo?: Series; hi?: Series }>;
  marks?: Record<string, Mark[]>; clock?: Mark[];
}

export interface Move { line: string; before?: string; before_outcome?: string; after?: string; outcome?: string }
export interface Group { title: string; lines: number; value_cents?: number; moves?: Move[]; more?: number }
export interface Differs { lines?: number; changed?: number; unchanged?: number; groups?: Group[]; others?: { groups: number; lines: number; value_cents: number }; gain_by?: Record<string, Record<string, number>> }

export interface Proof {
  from_position?: number; state_hash?: string; build?: string; policy?: string | Record<string, string>; seeds?: number[]; equal_until_fork?: boolean;
}

export interface Run {
  id: string; kind?: 'run' | 'compare'; status: Status; title?: string; fork?: Fork | string; runs_done?: number; runs_most?: number;
  stopped_because?: string; cpu_s?: number; eta_s?: number | null; variants?: Variant[]; kpis?: Kpi[]; lanes?: Lanes;
  diff?: Record<string, Differs>; proof?: Proof; why?: string; hint?: string; asked_at?: string;
}

/** What a variant says differently: all of it optional. */
export interface Said { plan?: string; policy?: string; after?: string; changes?: string[]; approve?: string[]; title?: string }

export const BASE = 'base';
export const isOpen = (run: Run): boolean => run.status === 'waiting' || run.status === 'running';

/** The fork of a run, where the answer tells it whole. */
export const forkOf = (run: Run, forks: Fork[]): Fork | undefined =>
  typeof run.fork === 'object' ? run.fork : forks.find((one) => one.id === run.fork);

/** What a fork is called, without the moment that stands beside it anyway. */
export const called = (fork: Fork): string => (fork.title ?? fork.of ?? '').replace(/^.*, from \d{4}-.*$/, '');

/** The changed variants of a run. */
export const changed = (run: Run | null): Variant[] => (run?.variants ?? []).filter((one) => one.key !== BASE);
