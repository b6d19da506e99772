// Foot: the playhead's keys, where the day was forked, and what proves it.
import { el, say } from '../shared/dom.ts';
import { count, UNKNOWN } from '../shared/words.ts';
import { changed, isOpen, type Run } from './rows.ts';
import type { Panel, Shown } from './shown.ts';
import { draw, picture, stroke, text, wide } from './svg.ts';
import { hourly, hours, instant } from './when.ts';

const DAY_MS = 86_400_000, HIGH = 66, LINE = 16, APART = 11, SHORT = 12;

const button = (sign: string, label: string, does: () => void): HTMLButtonElement => {
  const made = el('button', '', sign) as HTMLButtonElement;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', does);
  return made;
};

/** The day as a line, and the variants as branches of it. */
function branch(shown: Shown, width: number): SVGElement {
  const run = shown.run, fork = shown.forked, lanes = run?.lanes, began = Date.parse(lanes?.fork_at ?? fork?.from ?? '');
  const day = Number.isNaN(began) ? shown.tower?.now ?? 0 : began, from = lanes ? Date.parse(lanes.from) : instant(shown.zone, day, '00:00'), to = lanes?.to ? Date.parse(lanes.to) : lanes ? from + shown.steps * lanes.step_s * 1000 : from + DAY_MS;
  const x = (at: number): number => ((at - from) / Math.max(1, to - from)) * (width - 8) + 4, at = x(began), variants = run ? changed(run) : [];
  const words = Number.isNaN(began) ? '' : `fork ${shown.zone.time(began)}${fork?.position === undefined ? '' : `, record ${count(fork.position)}`}`, isLeft = at - 12 - wide(words, 600) > 0;
  const parts = [stroke(`M4 ${LINE}H${width - 4}`, 'day'), text(0, 9, run ? (run.variants?.find((one) => one.key === 'base')?.title ?? 'as run') : 'as run')];
  if (!Number.isNaN(began)) parts.push(
    ...variants.map((_, i) => stroke(`M${at.toFixed(1)} ${LINE}c12 0 12 ${APART * (i + 1)} 24 ${APART * (i + 1)}H${width - 4}`, variants[i]!.key === shown.variant ? 'lane' : 'other')),
    draw('circle', { cx: at, cy: LINE, r: 4.5, class: 'dot' }), text(isLeft ? at - 12 : at + 12, isLeft ? 33 : 9, words, 'h', isLeft ? 'end' : 'start'));
  if (lanes && shown.at !== null) parts.push(stroke(`M${x(from + shown.at * lanes.step_s * 1000).toFixed(1)} 4V50`, 'play'));
  return picture(width, HIGH, words || 'the day', ...parts, ...hours(shown.zone, from, to, width / 74).map((one) => text(Math.min(Math.max(x(one), 16), width - 16), HIGH - 2, hourly(shown.zone, one), 't', 'middle')));
}

const short = (hash: string | undefined): string => (hash ? hash.slice(0, SHORT) : UNKNOWN);

/** 7 to 13; 7, 9, 12 */
function seeds(all: number[] | undefined): string {
  if (!all?.length) return UNKNOWN;
  const isRun = all.every((n, i) => n === all[0]! + i);
  return isRun && all.length > 2 ? `${all[0]} to ${all.at(-1)}` : all.slice(0, 8).join(', ') + (all.length > 8 ? ' ...' : '');
}

/** One policy, or whose is which. */
function policies(said: string | Record<string, string> | undefined): string {
  const all = typeof said === 'object' ? Object.entries(said) : [];
  if (!all.length) return typeof said === 'string' ? said : UNKNOWN;
  return new Set(all.map(([, name]) => name)).size === 1 ? all[0]![1] : all.map(([key, name]) => `${key} ${name}`).join(', ');
}

const ended = (run: Run): string => (isOpen(run) ? 'still playing' : run.status === 'failed' ? 'failed' : run.stopped_because ?? (run.status === 'stopped' ? 'stopped by hand' : UNKNOWN));

/** What proves it, line by line. */
export function proof(shown: Shown): [string, string][] {
  const run = shown.run, fork = shown.forked, told = run?.proof;
  const prefix = `record ${count(told?.from_position ?? fork?.position)}, state ${short(told?.state_hash ?? fork?.state_hash)}`;
  if (!run) return fork ? [['Prefix', prefix], ['Past', fork.past ?? UNKNOWN]] : [];
  return [
    ['Prefix', `${prefix}${told?.equal_until_fork === undefined ? '' : told.equal_until_fork ? ', equal until the fork' : ', NOT equal until the fork'}`],
    ['Build', `${told?.build ?? UNKNOWN}, policy ${policies(told?.policy)}`], ['Seeds', `${seeds(told?.seeds)}${run.kind === 'run' ? '' : ', paired'}; ${ended(run)}`],
  ];
}

export function foot(shown: Shown): Panel {
  const play = button('▶', 'play', () => shown.play()), before = button('‹', 'a step back', () => shown.step(-1)), after = button('›', 'a step on', () => shown.step(1));
  const drawn = el('div', 'branch'), rows = el('div', 'proof'), help = el('button', 'plain', 'all keys', el('kbd', '', '?'));
  help.addEventListener('click', () => shown.onhelp());
  let of = '';
  return {
    node: el('footer', 'foot', el('div', 'ctl', el('div', 'row', before, play, after, el('kbd', '', 'space')), help), drawn, rows),
    paint() {
      for (const each of [play, before, after]) each.disabled = !shown.steps;
      say(play, shown.playing ? '❚❚' : '▶');
      play.setAttribute('aria-label', shown.playing ? 'pause' : 'play');
      const is = `${shown.edition} ${shown.variant} ${shown.at} ${shown.fork} ${drawn.clientWidth} ${shown.tower?.beat?.tz}`;
      if (is === of) return;
      of = is;
      drawn.replaceChildren(branch(shown, drawn.clientWidth));
      rows.replaceChildren(...proof(shown).flatMap(([name, value]) => { const told = el('span', 'clip', value); told.title = value; return [el('span', 'dim', name), told]; }));
    },
  };
}
