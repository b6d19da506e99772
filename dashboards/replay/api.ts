// Api: forks and runs at the HTTP door.
import { ask, spokenOf, type Answered } from '../shared/ask.ts';
import type { Fork, Run, Said } from './rows.ts';

const at = (what: string): string => `/v1/scenarios/${encodeURIComponent(spokenOf())}/${what}`;

async function list<T>(what: string): Promise<Answered<T[]>> {
  const answer = await ask<{ items: T[] } | T[]>(at(what));
  return answer.ok ? { ok: true, value: Array.isArray(answer.value) ? answer.value : answer.value.items } : answer;
}

export const forks = (): Promise<Answered<Fork[]>> => list('forks');
export const runs = (): Promise<Answered<Run[]>> => list('runs');
export const run = (id: string): Promise<Answered<Run>> => ask(at(`runs/${id}`));
export const stop = (id: string): Promise<Answered<unknown>> => ask(at(`runs/${id}`), undefined, 'DELETE');

/** Keep a variant that is better under a name, for incidents like the one that it is about. */
export const keep = (id: string, variant: string, name: string): Promise<Answered<{ item: { version: number } | null }>> => ask(at(`runs/${id}/playbook`), { variant, name });

/** Have the option of a variant approved, where it still stands. */
export const use = (id: string, variant: string): Promise<Answered<unknown>> => ask(at(`runs/${id}/use`), { variant });

/** Fork at a moment; without one, now. */
export const fork = (from?: string): Promise<Answered<Fork>> => ask(at('fork'), from ? { from } : {});

/** Play variants beside the base, seed by seed. */
export const compare = (said: { fork: string; base: Said; changed: Said[]; runs: number }): Promise<Answered<Run>> => ask(at('compare'), said);
