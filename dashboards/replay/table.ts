// Table: each key figure as it was and as it would have been, the paired difference with its interval, and a word.
import { el, say } from '../shared/dom.ts';
import { plain, range, scale, signed, word, type Scale } from './figures.ts';
import { changed, type Figure, type Kpi, type Run, type Variant } from './rows.ts';
import { draw, picture, stroke } from './svg.ts';

const ROW = { least: 24, most: 33 }, HEAD = 42, HIGH = 18, ROOM = 1.12;
/** Widths by number of variants, px: value (0: not shown), difference, interval, word. */
const WIDTHS: Record<number, [number, number, number, number]> = { 1: [84, 84, 220, 96], 2: [66, 62, 0, 76], 3: [0, 58, 0, 76] };

/** The interval around nought: solid where it excludes it, hollow where it does not. */
export function interval(one: Figure, half: number, width: number, label: string): SVGElement {
  const x = (n: number): number => width / 2 + (n / half) * (width / 2 - 5), { diff_mean: mean = 0, diff_lo: lo = mean, diff_hi: hi = mean } = one;
  const isNothing = lo === 0 && hi === 0, isUnsure = one.diff_lo === undefined || (lo <= 0 && hi >= 0);
  const parts = isNothing ? [] : [stroke(`M${x(lo).toFixed(1)} 9H${x(hi).toFixed(1)}M${x(lo).toFixed(1)} 5v8M${x(hi).toFixed(1)} 5v8`, isUnsure ? 'unsure' : 'sure')];
  return picture(width, HIGH, label, stroke(`M${width / 2} 0V${HIGH}`), ...parts, draw('circle', { cx: x(mean), cy: 9, r: 3.5, class: isUnsure || isNothing ? 'hollow' : 'full' }));
}

/** Half the width of a row's axis: what is furthest from nought in any variant. */
const half = (kpi: Kpi): number =>
  Math.max(1e-9, ...Object.values(kpi.of ?? {}).flatMap((one) => [one.diff_mean, one.diff_lo, one.diff_hi].map((n) => Math.abs(n ?? 0)))) * ROOM;

const cell = (name: string, ...children: (Node | string)[]): HTMLElement => el('td', name, ...children);

function compared(kpi: Kpi, one: Figure | undefined, of: Scale, width: number, widths: number[]): HTMLElement[] {
  const said = word(kpi, one), isSame = said === 'input' || said === 'same';
  const drawn = one?.diff_mean === undefined ? '' : interval(one, half(kpi), width, `${kpi.title}: ${signed(one.diff_mean, of)}, ${range(one, of) || 'no interval yet'}`);
  const mean = isSame ? el('span', 'dim', 'same') : said === 'worse' || said === 'better' ? el('b', '', signed(one?.diff_mean, of)) : el('span', 'mid', signed(one?.diff_mean, of));
  return [
    ...(widths[0] ? [cell('n v gl', plain(one?.value, of))] : []), cell(`n s${widths[0] ? '' : ' gl'}`, mean), cell('iv', drawn), cell('s', el(said === 'worse' ? 'b' : 'span', said === 'worse' ? '' : 'dim', said)),
  ];
}

const VALID: Record<string, string> = { replayed: 'rep', mixed: 'mix', modelled: 'mod' };
/** On what a figure rests. */
export const valid = (validity = 'modelled', isAssumed = false): HTMLElement => el('span', `val ${VALID[validity] ?? 'mod'}`, el('i'), `${validity}${isAssumed ? '*' : ''}`);

function head(run: Run, variants: Variant[], chosen: string, columns: number): HTMLElement {
  const over = (variant: Variant): HTMLElement => {
    const th = el('th', `gl${variant.key === chosen && variants.length > 1 ? ' on' : ''}`, el('div', 'clip', el('b', '', variant.key), ` ${variant.title}`), el('div', 'clip', run.kind === 'run' ? 'one run' : 'paired difference, 95 %'));
    th.setAttribute('colspan', String(columns));
    return th;
  };
  const base = run.variants?.find((one) => one.key === 'base');
  return el('thead', '', el('tr', '', el('th', '', 'Figure'), el('th', '', ''), el('th', 'n', el('div', 'clip', el('b', '', base?.title ?? 'As run')), 'base'), ...variants.map(over), el('th', 'gl', 'valid as')));
}

/** The table of a run in that room; which figures it leaves out for want of it. */
export function table(node: HTMLElement, run: Run, chosen: string, width: number, height: number): { used: number; left: Kpi[] } {
  const variants = changed(run), kpis = run.kpis ?? [], [value, diff, fixed, said] = WIDTHS[Math.min(Math.max(variants.length, 1), 3)]!;
  const title = 128, unit = variants.length > 2 ? 44 : 50, base = 62, validity = 92, each = variants.length ? (width - title - unit - base - validity) / variants.length : 0;
  const bar = Math.max(40, Math.min(fixed || 400, each - value - diff - said - 24)), widths = [value, diff, bar + 12, Math.max(said, each - value - diff - bar - 12)].filter(Boolean);
  const high = Math.min(ROW.most, Math.max(ROW.least, Math.floor((height - HEAD) / Math.max(kpis.length, 1)))), fits = Math.max(1, Math.floor((height - HEAD) / high));
  const columns = [title, unit, base, ...variants.flatMap(() => widths), validity].map((w) => { const col = document.createElement('col'); col.style.width = `${Math.floor(w)}px`; return col; });
  const rows = kpis.slice(0, fits).map((kpi) => {
    const of = scale(kpi), row = el('tr', '', cell('clip', kpi.title), cell('dim s', of.unit), cell('n v base', plain(kpi.baseline, of)), ...variants.flatMap((one) => compared(kpi, kpi.of?.[one.key], of, bar, [value])), cell('gl', valid(kpi.validity, kpi.assumed)));
    row.style.height = `${high}px`;
    return row;
  });
  const made = el('table', 'k', el('colgroup', '', ...columns), head(run, variants, chosen, widths.length), el('tbody', '', ...rows));
  made.setAttribute('aria-label', 'Key figures');
  node.replaceChildren(made);
  return { used: HEAD + rows.length * high, left: kpis.slice(fits) };
}

/** What a run without figures yet says in their place. */
export function nothing(node: HTMLElement, said: string): void {
  if (node.firstElementChild?.className !== 'none') node.replaceChildren(el('p', 'none'));
  say(node.firstElementChild!, said);
}
