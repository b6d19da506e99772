// Said: a variant in the words of the API, from and to what a person chooses.
import type { Clock } from '../shared/words.ts';
import type { Said, Variant } from './rows.ts';
import { instant } from './when.ts';

/** What a person has chosen for a variant; '' is as it was. `called`: the option to approve, in words. */
export interface Choice { plan: string; policy: string; hub: string; from: string; hours: string; carrier: string; late: string; orders: string; calm: boolean; approve: string; called: string; after: string }

export const AS_RUN: Choice = { plan: '', policy: '', hub: '', from: '', hours: '4', carrier: '', late: '2', orders: '', calm: false, approve: '', called: '', after: '' };
export const PLANS: [string, string][] = [['', 'as run'], ['fifo', 'first in, first out'], ['greedy', 'greedy'], ['greedy_priority', 'greedy, by priority'], ['joint', 'joint'], ['close', 'joint, close to cost']];
export const POLICIES: [string, string][] = [['', 'in force at the fork'], ['usual', 'usual'], ['halved', 'fees halved'], ['doubled', 'fees doubled']];
export const ORDERS: [string, string][] = [['', 'as they came'], ['1.05', '5 % more'], ['1.15', '15 % more'], ['1.3', '30 % more'], ['1.5', '50 % more']];
/** Of what people decided in the log after the fork. */
export const AFTER: [string, string][] = [['', 'as run: yes; other plan: no'], ['as_was', 'as it was'], ['clerk', 'nothing']];

const named = (all: [string, string][], value: string): string => all.find(([one]) => one === value)?.[1] ?? value;

/** What is wrong with a choice, with the way out; nothing if nothing is. */
export function wrong(choice: Choice, zone: Clock, day: number): string {
  if (choice.hub && Number.isNaN(instant(zone, day, choice.from))) return `${choice.hub} shut from: write a time as 08:00 (got ${choice.from || 'nothing'})`;
  return choice.carrier && !/^[\w]{1,8}$/.test(choice.carrier) ? `carrier: write its code as UA (got ${choice.carrier})` : '';
}

/** The title of a variant: what is different in it. */
export function titled(choice: Choice): string {
  const parts = [
    choice.approve ? `${choice.called || `option ${choice.approve.slice(0, 7)}`} approved` : '',
    choice.plan ? `${named(PLANS, choice.plan)} plan` : '', choice.policy ? named(POLICIES, choice.policy) + (choice.policy === 'usual' ? ' policy' : '') : '',
    choice.hub ? `${choice.hub} shut ${choice.from}, ${choice.hours} h` : '', choice.carrier ? `${choice.carrier} ${choice.late} h late` : '', choice.orders ? `orders ${named(ORDERS, choice.orders)}` : '', choice.calm ? 'all on time' : '', choice.after === 'clerk' && !choice.plan ? 'nothing decided later' : '', choice.after === 'as_was' && choice.plan ? 'decided later as it was' : '',
  ].filter(Boolean).join(', ');
  return parts ? parts.charAt(0).toUpperCase() + parts.slice(1) : 'As run';
}

/** The words of the API for a choice; times are those of the zone on the day of the fork. */
export function said(choice: Choice, zone: Clock, day: number): Said {
  const changes = [
    ...(choice.hub ? [`shut=${choice.hub}/${new Date(instant(zone, day, choice.from)).toISOString().replace('.000Z', 'Z')}/${choice.hours}h`] : []),
    ...(choice.carrier ? [`late=${choice.carrier.toUpperCase()}/${choice.late}h`] : []), ...(choice.orders ? [`orders=${choice.orders}`] : []), ...(choice.calm ? ['calm'] : []),
  ];
  return { ...(choice.plan ? { plan: choice.plan } : {}), ...(choice.policy ? { policy: choice.policy } : {}), ...(choice.after ? { after: choice.after } : {}), ...(changes.length ? { changes } : {}), ...(choice.approve ? { approve: [choice.approve] } : {}), title: titled(choice) };
}

/** What was chosen for a variant, from its words, `plan` first. */
export function chosen(variant: Variant, zone: Clock): Choice {
  const choice = { ...AS_RUN };
  for (const word of (variant.said ?? '').split(',')) {
    const at = word.indexOf('='), name = at < 0 ? word : word.slice(0, at), value = word.slice(at + 1), parts = value.split('/');
    if (name === 'plan') choice.plan = value;
    if (name === 'policy' && value !== 'in_force') choice.policy = value;
    if (name === 'after' && value !== (choice.plan === '' || choice.plan === 'fifo' ? 'as_was' : 'clerk')) choice.after = value;
    if (name === 'orders') choice.orders = value;
    if (name === 'calm') choice.calm = true;
    if (name === 'shut') { choice.hub = parts[0] ?? ''; choice.from = parts[1] ? zone.minute(Date.parse(parts[1])) : ''; choice.hours = (parts[2] ?? '4h').replace(/h$/, ''); }
    if (name === 'late') { choice.carrier = parts[0] ?? ''; choice.late = (parts[1] ?? '2h').replace(/h$/, ''); }
  }
  return choice;
}
