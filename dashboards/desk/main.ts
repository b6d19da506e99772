// Desk: where a person takes what is open, looks why, and says what is done about it. Keyboard first.
import { theme } from '../shared/dom.ts';
import { listen } from '../shared/tower.ts';
import { Ahead } from './ahead.ts';
import { Chosen } from './chosen.ts';
import { detail } from './detail.ts';
import { keys } from './keys.ts';
import { load } from './load.ts';
import { looking } from './look.ts';
import { models } from './models.ts';
import { outlook } from './outlook.ts';
import { playbooks } from './playbooks.ts';
import { queue } from './queue.ts';
import { scrub } from './scrub.ts';
import { side } from './side.ts';
import { top } from './top.ts';

theme('light');
const page = document.getElementById('desk')!, chosen = new Chosen(), ahead = new Ahead();
const panels = [top(chosen), queue(chosen), detail(chosen), side(chosen, ahead), scrub(chosen)];
page.append(...panels.map((panel) => panel.node));
for (const [i, label] of ['Network', 'Queue', 'Incident', 'Deviation', 'Time'].entries()) panels[i]!.node.setAttribute('aria-label', label);
// Whoever clicks goes on with the keyboard: space pauses then, and does not press the button again.
page.addEventListener('click', (event) => { if (event.detail && event.target instanceof Element) event.target.closest('button')?.blur(); });
const sheet = load(chosen, page), books = playbooks(page), served = models(page), foreseen = outlook(chosen, page, ahead, () => served.show(true));
const all = [...panels, sheet, books, foreseen, served];
keys(chosen, page, sheet, books, foreseen, served);
const look = looking(chosen);

void listen(['deviations', 'incidents', 'sites', 'legs', 'kpis', 'options', 'decisions', 'playbooks'], (tower, changed) => {
  chosen.see(tower); ahead.see(chosen.one);
  page.classList.toggle('frozen', tower.frozen);
  look(tower);
  for (const panel of all) panel.paint(tower, changed);
}).then((tower) => {
  const paint = (): void => { chosen.see(tower); ahead.see(chosen.one); for (const panel of all) panel.paint(tower, new Set(['chosen'])); };
  chosen.onchange = ahead.onchange = paint;
});
