// Top: who works here, how the network stands, whether the picture can be believed, which now it is.
import { el, mark, say } from '../shared/dom.ts';
import { Clock, count, money, span, UNKNOWN } from '../shared/words.ts';
import { badge } from '../shared/badge.ts';
import { isStale } from '../wall/stale.ts';
import { today } from '../shared/load.ts';
import type { Chosen } from './chosen.ts';
import type { Panel } from './queue.ts';

function figure(label: string): { node: HTMLElement; label: HTMLElement; value: HTMLElement } {
  const said = el('span', '', label), value = el('b');
  return { node: el('div', 'figure', said, value), label: said, value };
}

export function top(chosen: Chosen): Panel {
  const name = el('span', 'dim'), who = el('div', 'who clip', el('b', '', 'Dispatch '), name);
  const onTime = figure('On time today'), risk = figure('Orders at risk'), open = figure('Open'), feeds = figure('Feeds, worst age');
  const mode = el('span', 'pill'), sign = el('span', 'badge'), clock = el('b'), day = el('div', 'dim s');
  let zone = new Clock('UTC');
  return {
    node: el('header', 'top', who, onTime.node, risk.node, open.node, feeds.node, el('span', 'grow'), mode, sign, el('div', 'clock', clock, day)),
    paint(tower) {
      const beat = tower.beat, ratio = today(tower, 'on_time_ratio'), all = [...tower.incidents.values()];
      if (beat && beat.tz !== zone.tz) zone = new Clock(beat.tz);
      say(name, beat?.title ?? '');
      say(onTime.label, ratio?.plan !== undefined ? `On time today, plan ${(ratio.plan * 100).toFixed(1)}` : 'On time today');
      say(onTime.value, ratio?.value !== undefined ? `${(ratio.value * 100).toFixed(1)} %` : UNKNOWN);
      say(risk.value, `${money(all.reduce((sum, one) => sum + (one.value_at_risk_cents ?? 0), 0))}, ${count(all.reduce((sum, one) => sum + (one.lines ?? 0), 0))} lines`);
      say(open.value, `${count(all.length)} incidents, ${count(tower.deviations.size)} deviations`);
      const oldest = (beat?.sources ?? []).filter((source) => source.age_limit_s).sort((a, b) => tower.age(b) / b.age_limit_s! - tower.age(a) / a.age_limit_s!)[0];
      say(feeds.value, oldest ? `${oldest.source.split('.').at(-1)} ${span(tower.age(oldest))}` : UNKNOWN);
      mark(feeds.value, 'old', oldest !== undefined && isStale(tower, oldest));
      say(mode, !chosen.me?.name ? 'not signed in' : chosen.me.name === chosen.me.role ? chosen.me.name : `${chosen.me.name}, ${chosen.me.role}`);
      badge(sign, tower);
      say(clock, beat ? zone.time(tower.now) : UNKNOWN);
      say(day, tower.feed.status === 'refused' ? tower.feed.reason : beat ? zone.day(tower.now) : 'connecting');
    },
  };
}
