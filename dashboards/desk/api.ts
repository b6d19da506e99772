// Api: what the desk asks of and says to the HTTP door. An error is one sentence for people, with the way out.
import type { Verdict } from './decide.ts';
import { told } from '../shared/tower.ts';

export interface Me { name: string; role: string; networks: string[] }
export interface Story {
  timeline: { now: string; status: string; severity: string; why?: string }[];
  evidence: null | { event: Record<string, unknown>; message: null | { source: string; received: string; content_type: string; text?: string } };
  lines?: unknown[];
}
export interface Hit { kind: string; name: string; exact: boolean; href: string }
type Answered<T> = { ok: true; value: T } | { ok: false; why: string };

let network = '';
/** The network that this desk is for, once the feed has said it. */
export function speaksOf(name: string): void { network = name; }

async function ask<T>(path: string, said?: unknown): Promise<Answered<T>> {
  const { token } = told(), url = new URL(path, location.origin);
  url.searchParams.set('network', network);
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  if (said !== undefined) { headers['Content-Type'] = 'application/json'; headers['Idempotency-Key'] = crypto.randomUUID(); }
  try {
    const answer = await fetch(url, { headers, ...(said === undefined ? {} : { method: 'POST', body: JSON.stringify(said) }) });
    const body = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {};
    if (answer.ok) return { ok: true, value: body as T };
    return { ok: false, why: [body.title ?? body.detail ?? `refused (${answer.status})`, body.hint].filter(Boolean).join('; ') };
  } catch { return { ok: false, why: 'the API does not answer; try again' }; }
}

export const me = (): Promise<Answered<Me>> => ask('/v1/me');
export const story = (id: string): Promise<Answered<Story>> => ask(`/v1/deviations/${id.slice(1)}`);
export const search = (q: string): Promise<Answered<{ hits: Hit[] }>> => ask(`/v1/search?q=${encodeURIComponent(q)}`);
export const speed = (x: number): Promise<Answered<unknown>> => ask(`/v1/scenarios/${network}/speed`, { speed: x });
export const pause = (paused: boolean): Promise<Answered<unknown>> => ask(`/v1/scenarios/${network}/pause`, { paused });
/** Somebody weighs that option: for 15 s time passes no faster than it does. */
export const look = (option: string): Promise<Answered<unknown>> => ask(`/v1/scenarios/${network}/look`, { option });

/** Say yes, no, or back to a decision. */
export const verdict = (id: string, word: Verdict, said: Record<string, string>): Promise<Answered<unknown>> => ask(`/v1/decisions/${id.slice(1)}/${word}`, said);

/** A line that an option moves: from which leg to which, at what price. */
export interface Move { id: string; order?: string; order_line?: string; from_leg?: string; to_leg?: string; cost_cents?: number }
export const moves = (option: string): Promise<Answered<{ items: Move[]; count: number }>> => ask(`/v1/moves?option=${option.slice(1)}&limit=1000`);

/** Have some lines stay where they are. */
export const adjust = (id: string, stay: Move[], reason: string): Promise<Answered<unknown>> =>
  ask(`/v1/decisions/${id.slice(1)}/adjust`, { moves: stay.map((one) => ({ order: one.order, line: one.order_line, leg: null })), reason });

export type Verb = 'acknowledge' | 'release' | 'assign' | 'shelve' | 'note';
const MANY = 200;
interface Result { results: { id: string; status: number; answer: { title?: string; detail?: string } }[] }

/** Say something of deviations; how many were done, and why the first of the others was not. */
export async function act(verb: Verb, ids: string[], said: Record<string, string>): Promise<{ done: number; why: string }> {
  let done = 0, why = '';
  for (let at = 0; at < ids.length; at += MANY) {
    const answer = await ask<Result>(`/v1/deviations/${verb}`, { ids: ids.slice(at, at + MANY), ...said });
    if (!answer.ok) return { done, why: answer.why };
    for (const one of answer.value.results) {
      if (one.status < 300) done++;
      else why ||= one.answer.detail ?? one.answer.title ?? `refused (${one.status})`;
    }
  }
  return { done, why };
}
