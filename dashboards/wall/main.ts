// Wall: read from four metres and never touched. One DOM for the day; each widget paints itself from the newest picture.
import { theme } from '../shared/dom.ts';
import { listen, type Tower } from '../shared/tower.ts';
import { docks } from './docks.ts';
import { foot } from './foot.ts';
import { full } from './full.ts';
import { incidents } from './incidents.ts';
import { net } from './net.ts';
import { strip } from './strip.ts';
import { trends } from './trends.ts';
import { worst } from './worst.ts';

export interface Widget { node: HTMLElement; paint(tower: Tower, changed: Set<string>): void }

theme('dark');
const page = document.getElementById('wall')!;
const widgets: Widget[] = [strip(), net(), incidents(), docks(), full(), worst(), trends(), foot()];
page.append(...widgets.map((widget) => widget.node));

void listen(['deviations', 'incidents', 'sites', 'legs', 'docks', 'kpis', 'options', 'decisions', 'prices'], (tower, changed) => {
  const began = performance.now();
  page.classList.toggle('frozen', tower.frozen);
  for (const widget of widgets) widget.paint(tower, changed);
  tower.delays.push(performance.now() - began);
  if (tower.delays.length > 300) tower.delays.shift();
});
