// Api: what the desk asks of and says to the HTTP door.
import { ask, me, spokenOf, speaksOf, type Answered, type Me } from '../shared/ask.ts';
import type { Option } from '../shared/rows.ts';
import type { Verdict } from './decide.ts';
import type { Foretold } from './foretold.ts';
import type { Model } from './models.ts';

export { me, speaksOf, type Me };

export interface Story {
  timeline: { now: string; status: string; severity: string; why?: string }[];
  evidence: null | { event: Record<string, unknown>; message: null | { source: string; received: string; content_type: string; text?: string } };
  lines?: unknown[];
  unserved?: { says: string; lines: number }[];
}
export interface Hit { kind: string; name: string; exact: boolean; href: string }

export const story = (id: string): Promise<Answered<Story>> => ask(`/v1/deviations/${id.slice(1)}`);
export const search = (q: string): Promise<Answered<{ hits: Hit[] }>> => ask(`/v1/search?q=${encodeURIComponent(q)}`);
export const speed = (x: number): Promise<Answered<unknown>> => ask(`/v1/scenarios/${spokenOf()}/speed`, { speed: x });
export const pause = (paused: boolean): Promise<Answered<unknown>> => ask(`/v1/scenarios/${spokenOf()}/pause`, { paused });
/** Somebody weighs that option: for 15 s time passes no faster than it does. */
export const look = (option: string): Promise<Answered<unknown>> => ask(`/v1/scenarios/${spokenOf()}/look`, { option });

/** Fork the day at this moment: from there it can be played otherwise. */
export const fork = (): Promise<Answered<{ id: string }>> => ask(`/v1/scenarios/${spokenOf()}/fork`, {});

/** Say yes, no, or back to a decision. */
export const verdict = (id: string, word: Verdict, said: Record<string, string>): Promise<Answered<unknown>> => ask(`/v1/decisions/${id.slice(1)}/${word}`, said);

/** A line that an option moves: from which leg to which, at what price; or a visit: to which door and when. */
export interface Move {
  id: string; order?: string; order_line?: string; from_leg?: string; to_leg?: string; cost_cents?: number;
  visit?: string; to_site?: string; from_door?: string; to_door?: string; from_start?: string; to_start?: string;
}
/** What an option moves; of one that is no more, as it was then. */
export const moves = (option: string, at = ''): Promise<Answered<{ items: Move[]; count: number }>> => ask(`/v1/moves?option=${option.slice(1)}&limit=1000${at && `&at=${encodeURIComponent(at)}`}`);

/** An option as it was then. */
export const option = (id: string, at: string): Promise<Answered<{ item: Option }>> => ask(`/v1/options/${id.slice(1)}?at=${encodeURIComponent(at)}`);

/** A leg that a line could take, and what that costs. */
export interface Candidate { leg: string; dep: string; arr: string; room: number; has_room: boolean; late_min: number; cost_cents: number; diff_cents?: number | null; is_here: boolean }
export const candidates = (one: Move): Promise<Answered<{ items: Candidate[] }>> => ask(`/v1/candidates?order=${encodeURIComponent(one.order ?? '')}&line=${encodeURIComponent(one.order_line ?? '')}`);

/** Have some lines stay where they are, others go on another leg. */
export const adjust = (id: string, wanted: { move: Move; leg: string | null }[], reason: string): Promise<Answered<unknown>> =>
  ask(`/v1/decisions/${id.slice(1)}/adjust`, { moves: wanted.map(({ move, leg }) => ({ order: move.order, line: move.order_line, leg })), reason });

/** A name in an address: of two parts it keeps what parts them. */
const named = (name: string): string => name.split('/').map(encodeURIComponent).join('/');
/** What is foretold of a leg, or of a visit. */
export const foretold = (of: 'leg' | 'visit', name: string): Promise<Answered<{ items: Foretold[] }>> => ask(`/v1/predictions?${of}=${encodeURIComponent(name)}&limit=20`);
/** On which leg a line is, or with which a visit comes. */
export const carried = (list: 'lines' | 'visits', name: string): Promise<Answered<{ item: { on_leg?: string; leg?: string } }>> => ask(`/v1/${list}/${named(name)}`);
/** How our models stand. */
export const models = (): Promise<Answered<{ items: Model[] }>> => ask('/v1/models?limit=50');

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
