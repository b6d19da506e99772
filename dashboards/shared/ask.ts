// Ask: what a page asks of and says to the HTTP door. An error is one sentence for people, with the way out.
import { told } from './tower.ts';

export type Answered<T> = { ok: true; value: T } | { ok: false; why: string };
export interface Me { name: string; role: string; networks: string[] }

let network = '';
/** The network that this page is for, once that is known. */
export function speaksOf(name: string): void { network = name; }

/** The network that this page is for. */
export const spokenOf = (): string => network;

/** Ask, or say something: what is said goes as JSON, with a key of its own so that it is done once. */
export async function ask<T>(path: string, said?: unknown, method = said === undefined ? 'GET' : 'POST'): Promise<Answered<T>> {
  const { token } = told(), url = new URL(path, location.origin);
  if (network) url.searchParams.set('network', network);
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  if (said !== undefined) { headers['Content-Type'] = 'application/json'; headers['Idempotency-Key'] = crypto.randomUUID(); }
  try {
    const answer = await fetch(url, { headers, method, ...(said === undefined ? {} : { body: JSON.stringify(said) }) });
    const body = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {};
    if (answer.ok) return { ok: true, value: body as T };
    return { ok: false, why: [body.detail ?? body.title ?? `refused (${answer.status})`, body.hint].filter(Boolean).join('; ') };
  } catch { return { ok: false, why: 'the API does not answer; try again' }; }
}

export const me = (): Promise<Answered<Me>> => ask('/v1/me');
