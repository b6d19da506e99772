// Scrub: how fast the day goes, how busy it was, and when incidents began.
import type { Held } from '../shared/rows.ts';
import { colours, el, fit, say } from '../shared/dom.ts';
import { OUTLINES } from '../shared/glyph.ts';
import { today } from '../shared/load.ts';
import { Clock, count } from '../shared/words.ts';
import type { Chosen } from './chosen.ts';
import type { Panel } from './queue.ts';

const SPAN_MS = 7 * 3_600_000, STEP_S = 360;

/** How many of the rules hold, where not all do, and the one that is broken most. */
function rules(all: Held[]): string {
  const broken = all.filter((one) => one.broken > 0).sort((a, b) => b.broken - a.broken);
  return broken[0] ? `; ${broken[0].name.replaceAll('_', ' ')}: ${count(broken[0].broken)} off${broken.length > 1 ? ` +${broken.length - 1}` : ''}` : '';
}

export function scrub(chosen: Chosen): Panel {
  const canvas = document.createElement('canvas'), speed = el('span', 'pill'), ledger = el('span', 'dim s'), pauses = document.createElement('button');
  const slower = document.createElement('button'), faster = document.createElement('button');
  slower.textContent = '−'; faster.textContent = '+'; pauses.textContent = '❚❚';
  slower.setAttribute('aria-label', 'slower'); faster.setAttribute('aria-label', 'faster'); 
  slower.addEventListener('click', () => void chosen.faster(0.5)); faster.addEventListener('click', () => void chosen.faster(2)); pauses.addEventListener('click', () => void chosen.pause());
  const help = el('button', 'plain', 'all keys', el('kbd', '', '?'));
  help.addEventListener('click', () => chosen.onhelp());
  const alarms = el('b'), load = el('button', 'plain', 'alarms in 10 min', alarms, el('kbd', '', 'L'));
  load.addEventListener('click', () => chosen.onload());
  canvas.setAttribute('role', 'img'); canvas.setAttribute('aria-label', 'Events and the beginning of incidents, seven hours');
  let zone = new Clock('UTC');
  return {
    node: el('footer', 'scrub', el('div', 'row play', slower, pauses, faster, speed, el('kbd', '', 'space')), canvas, el('div', 'end', ledger, document.createElement('br'), load, help)),
    paint(tower, changed) {
      const beat = tower.beat;
      if (beat && beat.tz !== zone.tz) zone = new Clock(beat.tz);
      for (const each of [slower, faster, pauses]) each.disabled = beat?.mode !== 'recorded';
      say(pauses, beat?.paused ? '▶' : '❚❚');
      pauses.setAttribute('aria-label', beat?.paused ? 'play' : 'pause');
      say(speed, beat?.mode === 'recorded' ? (beat.paused ? 'paused' : `×${count(beat.speed)}${beat.speed <= 1 && performance.now() < chosen.weighsUntil ? ' while you decide' : ''}`) : 'live');
      say(ledger, beat ? `in ${count(beat.ledger.received)}${beat.ledger.imbalance ? `, ${count(beat.ledger.imbalance)} missing` : ' = out'}${rules(beat.invariants ?? [])}` : '');
      say(alarms, count(today(tower, 'alarms_10min')?.value));
      if (!changed.has('second')) return;
      const box = fit(canvas);
      if (!box) return;
      const { c, width, height } = box, colour = colours(), now = tower.now, x = (at: number): number => ((at - now + SPAN_MS) / SPAN_MS) * (width - 60), floor = height - 18;
      const points = [...tower.kpis.values()].filter((row) => row.name === 'events' && !row.site && row.window_s === STEP_S && Date.parse(row.window!) >= now - SPAN_MS);
      const most = Math.max(1, ...points.map((row) => row.value ?? 0));
      c.fillStyle = colour.normal!; c.globalAlpha = 0.45;
      for (const row of points) { const h = ((row.value ?? 0) / most) * (floor - 16); c.fillRect(x(Date.parse(row.window!)), floor - h, (width * STEP_S * 1000) / SPAN_MS, h); }
      c.globalAlpha = 1;
      c.fillStyle = colour.rule!; c.fillRect(0, floor, width, 1);
      c.font = '12px Tower, sans-serif'; c.textBaseline = 'middle';
      for (let at = Math.ceil((now - SPAN_MS) / 3_600_000) * 3_600_000; at < now; at += 3_600_000) { c.fillStyle = colour.dim!; c.fillText(zone.minute(at), x(at), height - 8); }
      for (const one of tower.incidents.values()) {
        const at = Date.parse(one.since ?? '');
        if (!(at >= now - SPAN_MS)) continue;
        c.save(); c.translate(x(at) - 6, 0); c.scale(0.5, 0.5);
        if (one.severity === 1) { c.strokeStyle = colour.advisory!; c.lineWidth = 3; c.stroke(OUTLINES[1]); }
        else { c.fillStyle = [colour.normal!, '', colour.warning!, colour.critical!][one.severity]!; c.fill(OUTLINES[one.severity]); c.strokeStyle = colour.edge!; c.stroke(OUTLINES[one.severity]); }
        c.restore();
      }
      c.fillStyle = colour.text!; c.fillRect(x(now) - 1, 0, 2, floor + 4); c.fillText(zone.minute(now), x(now) + 6, 8);
    },
  };
}
