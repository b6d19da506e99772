// Form: from which moment, and what is different in each variant: a column each, beside the base.
import { el, say } from '../shared/dom.ts';
import { KINDS, money, title } from '../shared/words.ts';
import { moment } from './words.ts';
import { called, changed } from './rows.ts';
import { AFTER, AS_RUN, chosen, ORDERS, PLANS, POLICIES, said, titled, wrong, type Choice } from './said.ts';
import type { Panel, Shown } from './shown.ts';
import { instant } from './when.ts';

const KEYS = ['base', 'A', 'B', 'C'], NOW = 'now', AT = 'at', HOURS: [string, string][] = ['1', '2', '4', '8', '12'].map((n) => [n, `${n} h`]);
const RUNS: [string, string][] = ['4', '8', '12', '20'].map((n) => [n, n]), FORKS = 6, OPTIONS = 12, NONE: [string, string][] = [['', 'none']];

/** The options that stand, best first: what each is about and what it is worth. */
function standing(shown: Shown): [string, string][] {
  const tower = shown.tower, all = [...(tower?.options.values() ?? [])].filter((one) => one.kind !== 'nothing' && one.moves !== 0 && tower!.incidents.has(one.incident));
  return all.sort((a, b) => (b.net_cents ?? 0) - (a.net_cents ?? 0)).slice(0, OPTIONS)
    .map((one) => [one.id, `${title(tower!.incidents.get(one.incident)!, tower!.sites, tower!.now)}, ${KINDS[one.kind ?? ''] ?? 'option'}: ${money(one.net_cents)}`]);
}

function select(label: string, options: [string, string][]): HTMLSelectElement {
  const made = document.createElement('select');
  made.setAttribute('aria-label', label);
  offer(made, options);
  return made;
}

/** Offer these, and keep what is chosen while it is among them. */
function offer(made: HTMLSelectElement, options: [string, string][]): void {
  const is = JSON.stringify(options), kept = made.value;
  if (made.dataset.of === is) return;
  made.dataset.of = is;
  made.replaceChildren(...options.map(([value, words]) => new Option(words, value)));
  if (options.some(([value]) => value === kept)) made.value = kept;
}

function input(label: string, placeholder: string): HTMLInputElement {
  const made = document.createElement('input');
  made.setAttribute('aria-label', label); made.placeholder = placeholder; made.maxLength = 8;
  return made;
}

interface Column { head: HTMLElement; name: HTMLElement; title: HTMLElement; cells: HTMLElement[]; hubs: HTMLSelectElement; approve: HTMLSelectElement; read: () => Choice; write: (choice: Choice) => void }

/** What can be chosen for one variant. */
function column(key: string): Column {
  const plan = select(`${key}: plan`, PLANS), policy = select(`${key}: policy`, POLICIES), hubs = select(`${key}: hub shut`, [['', 'none']]), from = input(`${key}: shut from`, '08:00'), hours = select(`${key}: shut for`, HOURS);
  const carrier = input(`${key}: carrier late`, 'none'), late = select(`${key}: how late`, HOURS), orders = select(`${key}: orders`, ORDERS), calm = select(`${key}: legs`, [['', 'as they went'], ['calm', 'all on time']]), approve = select(`${key}: approve`, NONE), after = select(`${key}: decided later`, AFTER);
  const shut = el('div', 'row', from, hours), name = el('b'), title = el('span', 'mid'), head = el('div', 'clip', name, title);
  hubs.addEventListener('change', () => { from.disabled = hours.disabled = hubs.value === ''; });
  carrier.addEventListener('input', () => { late.disabled = carrier.value === ''; });
  const write = (one: Choice): void => {
    plan.value = one.plan; policy.value = one.policy; hubs.value = one.hub; from.value = one.from; hours.value = one.hours;
    carrier.value = one.carrier; late.value = one.late; orders.value = one.orders; calm.value = one.calm ? 'calm' : ''; approve.value = one.approve; after.value = one.after;
    from.disabled = hours.disabled = one.hub === ''; late.disabled = one.carrier === '';
  };
  write(AS_RUN);
  return {
    head, name, title, hubs, approve, write, cells: [approve, plan, policy, el('div', 'stack', hubs, shut), el('div', 'row', carrier, late), orders, calm, after].map((one) => el('div', 'cell', one)),
    read: () => ({ plan: plan.value, policy: policy.value, hub: hubs.value, from: from.value, hours: hours.value, carrier: carrier.value.trim(), late: late.value, orders: orders.value, calm: calm.value === 'calm', approve: approve.value, called: approve.value ? (approve.selectedOptions[0]?.text ?? '').replace(/: \S+$/, '') : '', after: after.value }),
  };
}

const LABELS: [string, string][] = [['Approve', 'an option that stands now'], ['Plan', 'who plans from then on'], ['Policy', 'what lateness costs'], ['Hub shut', 'nothing leaves, nobody works'], ['Carrier late', 'every leg of it'], ['Orders', 'drawn from those that were'], ['Legs', 'cancelled and late ones'], ['Decided later', 'by people, in the log']];

export function form(shown: Shown): Panel {
  const columns = KEYS.map(column), where = select('Fork', [[NOW, 'here, now']]), at = input('Fork at', '12:00'), runs = select('Pairs of runs at most', RUNS), add = el('button', '', 'Another variant', el('kbd', '', '+')), go = el('button', 'main', 'Compare', el('kbd', '', 'C')), when = el('span', 'dim s clip');
  runs.value = '20'; at.hidden = true;
  let open = 2;
  const cellsOf = (one: Column): HTMLElement[] => [one.head, ...one.cells];
  const reveal = (n: number): void => { open = Math.min(Math.max(n, 2), columns.length); for (const [i, one] of columns.entries()) for (const cell of cellsOf(one)) cell.hidden = i >= open; add.toggleAttribute('disabled', open === columns.length); };
  const day = (): number => (shown.forked ? Date.parse(shown.forked.from) : shown.tower?.now ?? 0);
  const submit = async (): Promise<void> => {
    const choices = columns.slice(0, open).map((one) => one.read()), bad = choices.map((one) => wrong(one, shown.zone, day())).find(Boolean), base = JSON.stringify(choices[0]);
    const same = choices.slice(1).findIndex((one) => JSON.stringify(one) === base);
    if (bad || same >= 0) { shown.tell(bad || `${KEYS[same + 1]} is as the base: change something in it.`); return; }
    const moment = instant(shown.zone, day(), at.value);
    if (where.value === AT && Number.isNaN(moment)) { shown.tell(`fork at: write a time as 12:58 (got ${at.value || 'nothing'})`); return; }
    const fork = where.value === NOW ? await shown.forkAt() : where.value === AT ? await shown.forkAt(new Date(moment).toISOString()) : where.value;
    if (fork) await shown.compare({ base: said(choices[0]!, shown.zone, day()), changed: choices.slice(1).map((one) => said(one, shown.zone, day())), runs: Number(runs.value) }, fork);
  };
  where.addEventListener('change', () => { at.hidden = where.value !== AT; shown.fork = where.value === NOW || where.value === AT ? '' : where.value; shown.edition++; shown.onchange(); if (!at.hidden) at.focus(); });
  add.addEventListener('click', () => reveal(open + 1));
  go.addEventListener('click', () => void submit());
  shown.onform = (run) => {
    if (!run) return;
    const all = [run.variants?.find((one) => one.key === 'base'), ...changed(run)];
    shown.fork = (typeof run.fork === 'object' ? run.fork.id : run.fork) ?? '';
    reveal(all.length + 1);
    for (const [i, one] of columns.entries()) one.write(all[i] ? chosen(all[i], shown.zone) : AS_RUN);
  };
  reveal(2);
  shown.onadd = () => reveal(open + 1);
  shown.onsubmit = () => void submit();
  const grid = el('div', 'choices', ...[el('div', 'dim s', 'What is different'), ...LABELS.map(([name, more]) => el('div', 'label', el('b', '', name), el('span', 'dim s', more)))]);
  for (const one of columns) grid.append(...cellsOf(one));
  return {
    node: el('section', 'form', el('div', 'row', el('h2', '', 'Fork'), where, at, when), grid, el('div', 'row', add, el('span', 'grow'), el('span', 'dim', 'Pairs of runs at most'), runs, go), el('p', 'dim s', 'Each pair is played with the same chance in both, until the interval of the net cost says enough.')),
    paint() {
      this.node.hidden = shown.wanted !== '';
      const hubs = [...(shown.tower?.sites.values() ?? [])].filter((one) => one.role === 'hub').map((one) => [one.id, one.id] as [string, string]).sort();
      const options = standing(shown);
      for (const one of columns) { offer(one.hubs, [...NONE, ...hubs]); offer(one.approve, [...NONE, ...options]); }
      const isOne = where.value !== AT || shown.fork !== '';
      offer(where, [[NOW, 'here, now'], [AT, 'at a time of this day'], ...shown.forks.filter((one, i) => i < FORKS || one.id === shown.fork).map((one) => [one.id, `at ${[shown.zone.time(Date.parse(one.from)), called(one)].filter(Boolean).join(', ')}`] as [string, string])]);
      if (isOne) where.value = shown.fork || NOW;
      if (where.selectedIndex < 0) where.value = NOW;
      at.hidden = where.value !== AT;
      say(when, shown.forked ? moment(shown.forked, shown.zone) : where.value === NOW && shown.tower?.beat ? shown.zone.stamp(shown.tower.now, 0) : '');
      for (const [i, one] of columns.entries()) if (i < open) { say(one.name, i ? KEYS[i]! : 'Base'); say(one.title, ` ${titled(one.read())}`); };
    },
  };
}
