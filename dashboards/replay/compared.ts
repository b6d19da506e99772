// Compared: the left of the page where a run is shown: its figures, then its lanes.
import { el, say } from '../shared/dom.ts';
import { lanesOf } from './lanes.ts';
import { isOpen } from './rows.ts';
import { nothing, table } from './table.ts';
import type { Panel } from './shown.ts';

const LANES = { least: 178, part: 0.4 }, TITLE = 40, HEAD = 42, ROW = 24;

/** How high the lanes are: a good part of the room, but the least where figures need it. */
const lanesHigh = (height: number, figures: number): number => Math.max(LANES.least, Math.min(height * LANES.part, height - TITLE - HEAD - ROW * figures));

export function compared(): Panel {
  const figures = el('div', 'figures'), title = el('div', 'row title'), under = el('span', 'dim s clip'), out = el('span', 'dim s'), drawn = el('div', 'lanes');
  const node = el('section', 'compared', figures, title, drawn);
  title.append(el('h2', '', 'Same clock, two lanes'), under, el('span', 'grow'), out);
  let of = '', seek: (step: number | null) => void = () => {};
  return {
    node,
    paint(shown) {
      const run = shown.run;
      node.hidden = !shown.wanted;
      if (!run) { nothing(figures, shown.wanted && shown.said ? shown.said : 'Asking for the run ...'); return; }
      const style = getComputedStyle(node), width = node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight), height = node.clientHeight - parseFloat(style.paddingTop);
      const is = `${shown.edition} ${shown.variant} ${width} ${height}`;
      if (is !== of) {
        of = is;
        let left = height;
        if (run.kpis?.length) {
          const done = table(figures, run, shown.variant, width, height - TITLE - lanesHigh(height, run.kpis.length));
          left -= done.used;
          say(out, done.left.length ? `+${done.left.length} more: ${done.left.map((one) => one.title).slice(0, 3).join(', ')}` : '');
        } else { nothing(figures, run.status === 'failed' ? 'There are no figures.' : isOpen(run) ? 'Figures and lanes come with the first pair of runs.' : 'No pair of runs was finished.'); left -= 60; }
        const variant = run.variants?.find((one) => one.key === shown.variant), lanes = run.lanes;
        say(under, lanes?.diff?.[shown.variant] ? `grey is what ${variant?.key ?? 'it'} gains or loses; the band around the difference is its 95 % interval` : '');
        title.hidden = drawn.hidden = !lanes;
        if (lanes) {
          const made = lanesOf(lanes, run.variants?.find((one) => one.key === 'base'), variant, shown.forkStep, shown.zone, width, Math.max(LANES.least, left - TITLE - 4));
          drawn.replaceChildren(made.node);
          seek = made.seek;
        } else seek = () => {};
      }
      seek(shown.at);
    },
  };
}
