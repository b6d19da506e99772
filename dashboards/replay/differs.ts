// Differs: what the chosen variant plans otherwise, line by line, who gains, who pays, and what can be trusted.
import { el, mark } from '../shared/dom.ts';
import { count, many, UNKNOWN } from '../shared/words.ts';
import { scale, signed } from './figures.ts';
import { changed, isOpen, type Differs, type Group, type Run } from './rows.ts';
import type { Panel, Shown } from './shown.ts';
import { draw, picture, stroke } from './svg.ts';
import { valid } from './table.ts';

const GROUP = 34, MOVE = 36, GAIN = 18, BLOCK = 34, TITLE = 34, TRUST = 216, UNCHANGED = 34, MOST_GROUPS = 4;

const dollars = (cents: number | undefined): string => {
  if (cents === undefined) return '';
  const of = scale({ name: '', title: '', unit: 'cents', baseline: cents }), said = signed(cents, of);
  return `${/^[+−]/.test(said) ? said[0] : ''}$${said.replace(/^[+−]/, '')}${of.unit.slice(1)}`;
};

/** Moves of a group, so many from the cursor on. */
function moves(group: Group, first: number, fits: number, at: number): HTMLElement[] {
  const from = Math.max(0, Math.min(first, (group.moves?.length ?? 0) - fits));
  return (group.moves ?? []).slice(from, from + fits).map((one, i) => {
    const node = el('div', 'move', el('span', 'dim', '−'), el('span', 'dim clip', one.line), el('span', 'dim x clip', one.before ?? 'no leg'), el('span', 'dim', one.before_outcome ?? ''),
      el('span', '', '+'), el('span'), el('span', 'clip', one.after ?? 'no leg'), el('span', /late|undelivered|cut/.test(one.outcome ?? '') ? '' : 'dim', one.outcome ?? ''));
    mark(node, 'chosen', from + i === at);
    return node;
  });
}

/** Groups around the cursor, each with as many moves as fit; what is left out is said. */
function groups(differs: Differs, cursor: number, room: number): HTMLElement[] {
  const all = differs.groups ?? [], starts = all.map((_, i) => all.slice(0, i).reduce((sum, one) => sum + (one.moves?.length ?? 0), 0));
  const on = Math.max(0, starts.findLastIndex((start, i) => cursor >= start && (all[i]?.moves?.length ?? 0) > 0)), fits = Math.max(1, Math.min(MOST_GROUPS, all.length, Math.floor(room / (GROUP + MOVE))));
  const first = Math.max(0, Math.min(on, all.length - fits)), shown = all.slice(first, first + fits), each = Math.max(1, Math.floor((room / fits - GROUP) / MOVE));
  const made = shown.map((group, i) => {
    const at = first + i === on ? cursor - starts[on]! : -1;
    return el('div', 'dg', el('div', 'row hd', el('b', 'clip', group.title.replaceAll('->', '→')), el('span', 'grow'), el('span', 'mid nw', many(group.lines, 'line')), el('b', 'nw', dollars(group.value_cents))), ...moves(group, Math.max(at, 0), each, at));
  });
  const rest = [...all.slice(0, first), ...all.slice(first + fits)];
  const n = rest.length + (differs.others?.groups ?? 0), lines = rest.reduce((sum, one) => sum + one.lines, differs.others?.lines ?? 0);
  return n ? [...made, el('div', 's dim rest', `+${many(n, 'more group')}, ${many(lines, 'line')}`)] : made;
}

const NAMES: Record<string, string> = { express: 'Express', standard: 'Standard', economy: 'Economy', nowhere: 'never left' };
/** Bars around nought, by class and by hub; who pays is dark. */
function gains(differs: Differs, key: string, width: number): HTMLElement | null {
  const rows = Object.values(differs.gain_by ?? {}).flatMap((by, i) => Object.entries(by).map(([name, cents], j) => ({ name, cents, isNew: i > 0 && j === 0 })));
  if (!rows.length) return null;
  const most = Math.max(1, ...rows.map((one) => Math.abs(one.cents))), of = scale({ name: '', title: '', unit: 'cents', baseline: most }), bar = width - 84 - 64 - 16, zero = bar * (rows.some((one) => one.cents < 0) ? 0.35 : 0.02);
  return el('div', 'dg', el('div', 'row hd', el('b', '', 'Who gains, who pays'), el('span', 'grow'), el('span', 'mid', `${key} − base, ${of.unit}`)), ...rows.map((one) => {
    const w = (Math.abs(one.cents) / most) * (one.cents < 0 ? zero : bar - zero), node = el('div', `gain${one.isNew ? ' gap' : ''}`, el('span', 'mid clip', NAMES[one.name] ?? one.name),
      picture(bar, 10, `${one.name}: ${signed(one.cents, of)} ${of.unit}`, stroke(`M${zero.toFixed(1)} -3V13`), draw('rect', { x: one.cents < 0 ? zero - w : zero, y: 0, width: w, height: 10, class: one.cents < 0 ? 'pays' : 'gains' })), el('b', 'end', signed(one.cents, of)));
    return node;
  }));
}

/** How many rows of who gains there are, px. */
const gainsHigh = (differs: Differs): number => { const by = Object.values(differs.gain_by ?? {}), n = by.reduce((sum, one) => sum + Object.keys(one).length, 0); return n ? BLOCK + n * GAIN + 6 * (by.length - 1) : 0; };

/** What the chosen variant takes for granted and the base does: what both do once. Which clauses are set, the API says. */
function assumed(run: Run, key: string): string {
  const of = (name: string): string[] => (run.variants?.find((one) => one.key === name)?.assumes ?? []).map((said) => said.replace(/, which sets .*/, ''));
  const one = of(key), base = of('base'), both = one.filter((said) => base.includes(said));
  const only = (name: string, all: string[]): string => { const own = all.filter((said) => !both.includes(said)); return own.length ? `${name}: ${own.join('; ')}` : ''; };
  return [both.join('; '), only(key, one), only('base', base)].filter(Boolean).join('. ') || UNKNOWN;
}

function trust(run: Run, key: string): HTMLElement {
  const isAssumed = run.kpis?.some((one) => one.assumed) ?? false;
  return el('div', 'dg trust', el('h2', '', 'What can be trusted'), el('div', 's mid grid',
    valid('replayed'), el('span', '', 'taken from the log: it happened, and no plan changes it'), valid('mixed'), el('span', '', 'recorded and simulated'),
    valid('modelled'), el('span', '', `simulated after the fork; the same chance in every variant${isAssumed ? '. * rests on the overlay: capacity, stock, promises, prices' : ''}`)), el('p', 's mid', `Assumed: ${assumed(run, key)}`));
}

export function differs(): Panel {
  const node = el('section', 'differs');
  let of = '';
  const body = (shown: Shown, run: Run, width: number, height: number): (Node | null)[] => {
    const one = shown.differs, variant = changed(run).find((each) => each.key === shown.variant), title = el('h2', 'nw', `Plan, base → ${variant?.key ?? ''}`);
    if (!one) return [el('div', 'row title', title), el('p', 'dim', isOpen(run) ? 'Plans are compared line by line when the runs are over.' : run.status === 'failed' ? 'There is no plan to compare.' : 'Plans were not compared.'), el('span', 'grow'), trust(run, shown.variant)];
    const next = el('button', 'plain', 'next', el('kbd', '', 'N'));
    next.addEventListener('click', () => shown.next());
    const room = height - TITLE - UNCHANGED - gainsHigh(one) - TRUST;
    return [
      el('div', 'row title', title, el('span', 'dim s clip', one.lines === undefined ? '' : `${count(one.changed)} of ${many(one.lines, 'line')} differ`), el('span', 'grow'), next),
      ...(one.groups?.length ? groups(one, shown.move, room) : [el('p', 'dim', 'Every line goes as it went.')]),
      el('div', 'dg row hd', el('b', '', 'Unchanged'), el('span', 'grow'), el('span', 'mid', many(one.unchanged ?? 0, 'line'))), gains(one, shown.variant, width), el('span', 'grow'), trust(run, shown.variant),
    ];
  };
  return {
    node,
    paint(shown) {
      node.hidden = !shown.wanted;
      const run = shown.run, is = `${shown.edition} ${shown.variant} ${shown.move} ${node.clientWidth} ${node.clientHeight}`;
      if (is === of || !run) return;
      of = is;
      const style = getComputedStyle(node);
      node.replaceChildren(...body(shown, run, node.clientWidth - parseFloat(style.paddingLeft) * 2, node.clientHeight - parseFloat(style.paddingTop)).filter((one) => one !== null));
    },
  };
}
