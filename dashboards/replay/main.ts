// Replay: what if? A day is forked, played otherwise beside as it was, and what differs is shown with how sure it is.
import { theme } from '../shared/dom.ts';
import { listen } from '../shared/tower.ts';
import { compared } from './compared.ts';
import { differs } from './differs.ts';
import { foot } from './foot.ts';
import { form } from './form.ts';
import { keys } from './keys.ts';
import { lists } from './lists.ts';
import { Shown } from './shown.ts';
import { sayer, top } from './top.ts';

theme('light');
const page = document.getElementById('replay')!, shown = new Shown();
const panels = [top(shown), sayer(shown), form(shown), compared(), lists(shown), differs(), foot(shown)];
page.append(...panels.map((panel) => panel.node));
for (const [i, label] of ['Comparison', 'What came of it', 'Compare', 'Figures and lanes', 'Runs and forks', 'Plan', 'Time and proof'].entries()) panels[i]!.node.setAttribute('aria-label', label);
page.addEventListener('click', (event) => { if (event.detail && event.target instanceof Element) event.target.closest('button')?.blur(); });
keys(shown, page);

const paint = (): void => { for (const panel of panels) panel.paint(shown); };
shown.onchange = paint;
addEventListener('hashchange', () => shown.address());
addEventListener('resize', paint);
void document.fonts.ready.then(() => { shown.edition++; paint(); });
shown.address();
paint();
void listen(['sites', 'incidents', 'options'], (tower) => { shown.see(tower); paint(); });
