// Foot: whether the picture can be believed: sources with their age and rate, the way to this screen, in = out, and
// whether the tower's books agree with a recount.
import { el, mark, say } from '../shared/dom.ts';
import { glyph } from '../shared/glyph.ts';
import type { Heartbeat, Source } from '../shared/rows.ts';
import { count, large, span, UNKNOWN } from '../shared/words.ts';
import { isStale } from './stale.ts';
import type { Widget } from './main.ts';

const SHOWN = ['carriers', 'docks', 'orders', 'weather'];

interface Chip { node: HTMLElement; name: HTMLElement; age: HTMLElement; rate: HTMLElement }

function chip(name: string): Chip {
  const said = el('span', 'dim', name), age = el('b'), rate = el('span', 'dim');
  return { node: el('span', 'source', el('i', 'dot'), said, age, rate), name: said, age, rate };
}

/** The sources of one word; their youngest age speaks for them. */
function named(sources: Source[], word: string): Source | undefined {
  return sources.filter((source) => source.source.includes(word.replace(/s$/, ''))).sort((a, b) => a.age_s - b.age_s)[0];
}

/** How much a source says, in five characters: 212/s, 2.4/s, 22/m, 3/h. */
function rate(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond >= 1) return perSecond < 9.95 ? `${perSecond.toFixed(1)}/s` : perSecond < 999.5 ? `${count(perSecond)}/s` : `${count(perSecond / 1000)}k/s`;
  return perSecond * 60 >= 1 ? `${count(perSecond * 60)}/m` : `${count(perSecond * 3600)}/h`;
}

/** Milliseconds as long as they are few: 184ms, 2.4s, 26s. */
const took = (ms: number): string => (ms < 999.5 ? `${count(ms)}ms` : span(ms / 1000));

/** In how many places what the tower keeps is not what a recount says. */
const booksOff = (beat: Heartbeat | null | undefined): number =>
  (beat?.invariants ?? []).reduce((sum, one) => sum + (one.name.endsWith('_books') ? one.broken : 0), 0);

export function foot(): Widget {
  const chips = SHOWN.map((name) => ({ word: name, ...chip(name) }));
  const delay = el('b'), balance = el('b'), title = el('span', 'dim', 'in = out'), sign = glyph(3);
  const ledger = el('span', 'source', sign, title, balance);
  const node = el('footer', 'panel foot keep', ...chips.map((one) => one.node), el('span', 'source', el('span', 'dim', 'to screen p99'), delay), ledger);
  return {
    node,
    paint(tower) {
      const beat = tower.beat;
      for (const one of chips) {
        const source = beat ? named(beat.sources, one.word) : undefined;
        say(one.age, !source ? UNKNOWN : span(tower.frozen ? tower.silence : tower.age(source)));
        say(one.rate, !source ? '' : tower.frozen ? '0/s' : rate(source.rate));
        mark(one.node, 'old', tower.frozen || (source !== undefined && isStale(tower, source)));
      }
      // From the log to this screen: percentiles do not add up, but their sum is never too good.
      const spans = [...tower.delays].sort((a, b) => a - b), paint = spans[Math.floor(spans.length * 0.99)] ?? 0;
      const hops = Object.values(beat?.hops_ms ?? {}).map((hop) => hop.p99);
      say(delay, hops.length ? took(hops.reduce((sum, hop) => sum + hop, paint)) : UNKNOWN);
      const off = beat?.ledger.imbalance ?? 0, wrong = booksOff(beat);
      sign.toggleAttribute('hidden', off === 0 && wrong === 0);
      say(title, off === 0 && wrong > 0 ? 'books' : 'in = out');
      say(balance, !beat ? UNKNOWN : off === 0 && wrong === 0 ? large(beat.ledger.received) : `${large(off || wrong)} off`);
    },
  };
}
