// Drawn: an estimate to scale beside the plan and what came, and what it is made of, as bars that add up to it.
import { el, mark, say } from '../shared/dom.ts';
import { type Foretold, minutes, parts } from './foretold.ts';

const MOST_PARTS = 9;
/** +2.1, −0.3, 0.0. */
const tenths = (min: number): string => `${min <= -0.05 ? '−' : min >= 0.05 ? '+' : ''}${Math.abs(min).toFixed(1)}`;

/** A line on which minutes have places; each mark has a shape of its own, and is absent where its minute is. */
export function track(): { node: HTMLElement; paint(one: Foretold, low: number, high: number): void } {
  const plan = el('i', 'plan'), wide = el('i', 'wide'), ours = el('i', 'ours'), theirs = el('i', 'theirs'), label = el('i', 'label');
  const node = el('div', 'track', plan, wide, ours, theirs, label);
  node.setAttribute('role', 'img');
  return {
    node,
    paint(one, low, high) {
      const share = (min: number): number => (min - low) / (high - low);
      for (const [at, min] of [[plan, 0], [ours, one.p50], [theirs, one.estimate_min], [label, one.label_min]] as const) {
        at.hidden = min === undefined;
        if (min !== undefined) at.style.setProperty('--at', String(share(min)));
      }
      wide.hidden = one.p05 === undefined || one.p95 === undefined;
      if (!wide.hidden) { wide.style.setProperty('--at', String(share(one.p05!))); wide.style.setProperty('--long', String(share(one.p95!) - share(one.p05!))); }
      node.setAttribute('aria-label', `Minutes after the plan: ours ${minutes(one.p50)}, from ${minutes(one.p05)} to ${minutes(one.p95)}; the carrier's ${minutes(one.estimate_min)}; came ${minutes(one.label_min)}`);
    },
  };
}

/** What the estimate is made of: each bar begins where the one before ends, the last is their sum. */
export function made(): { node: HTMLElement; paint(one: Foretold | undefined): void } {
  const rows = Array.from({ length: MOST_PARTS }, () => {
    const name = el('span', 'clip'), value = el('span', 'end'), bar = el('i'), zero = el('i', 'plan');
    return { node: el('div', 'part', name, value, el('div', 'track', zero, bar)), name, value, bar, zero };
  });
  const none = el('p', 'dim s', 'There is nothing to explain.');
  return {
    node: el('div', 'made', none, ...rows.map((row) => row.node)),
    paint(one) {
      const all = one ? parts(one) : [], sum = all.reduce((total, [, min]) => total + min, 0);
      const ends = all.map((_, i) => all.slice(0, i + 1).reduce((total, [, min]) => total + min, 0));
      const low = Math.min(0, ...ends), wide = Math.max(Math.max(0, ...ends) - low, 1);
      none.hidden = all.length > 0;
      for (const [i, row] of rows.entries()) {
        const isSum = i === all.length, [name, min] = isSum && all.length ? ['Our estimate', sum] as const : all[i] ?? ['', 0] as const, begin = isSum ? 0 : ends[i - 1] ?? 0;
        row.node.hidden = name === '';
        mark(row.node, 'sum', isSum);
        say(row.name, name);
        say(row.value, `${tenths(min)} min`);
        row.zero.style.setProperty('--at', String(-low / wide));
        row.bar.style.setProperty('--at', String((Math.min(begin, begin + min) - low) / wide));
        row.bar.style.setProperty('--long', String(Math.abs(min) / wide));
        mark(row.bar, 'less', min < 0);
      }
    },
  };
}
