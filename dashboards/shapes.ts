// Shapes: the map's land and state borders as two SVG paths, made from us-atlas when the pages are built.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mesh } from 'topojson-client';
import { presimplify, quantile, simplify } from 'topojson-simplify';

type Ring = number[][];

/** Already projected (Albers, 975 x 610), as the hub projects sites. */
const source = createRequire(import.meta.url).resolve('us-atlas/states-albers-10m.json');
/** The share of points that is left out: what is left is finer than a wall's pixel. */
const LEFT_OUT = 0.82;
/** Alaska and Hawaii are drawn by no network of ours yet, and would shrink the rest. */
const OUTSIDE = new Set(['02', '15']);

const path = (lines: Ring[], closed: boolean): string =>
  lines.map((line) => 'M' + line.map(([x, y]) => `${x!.toFixed(1)},${y!.toFixed(1)}`).join('L') + (closed ? 'z' : '')).join('');

/** `{ land, borders }` as the text of a module. */
export function shapes(): string {
  const whole = JSON.parse(readFileSync(source, 'utf8'));
  const weighed = presimplify(whole);
  const states = simplify(weighed, quantile(weighed, LEFT_OUT)) as any;
  const shown = { ...states.objects.states, geometries: states.objects.states.geometries.filter((g: any) => !OUTSIDE.has(g.id)) };
  const land = mesh(states, shown, (a: unknown, b: unknown) => a === b).coordinates as Ring[];
  const borders = mesh(states, shown, (a: unknown, b: unknown) => a !== b).coordinates as Ring[];
  return `export const land = ${JSON.stringify(path(land, true))};\nexport const borders = ${JSON.stringify(path(borders, false))};\n`;
}
