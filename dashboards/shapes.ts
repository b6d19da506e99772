// Shapes: the map's land and state borders as two SVG paths, made from us-atlas when the pages are built.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature, mesh } from 'topojson-client';
import { presimplify, quantile, simplify } from 'topojson-simplify';

type Ring = number[][];

/** Already projected (Albers, 975 x 610), as the hub projects sites. */
const source = createRequire(import.meta.url).resolve('us-atlas/states-albers-10m.json');
/** In degrees: what the albers file leaves out. */
const round = createRequire(import.meta.url).resolve('us-atlas/states-10m.json');
/** The share of points that is left out: what is left is finer than a wall's pixel. */
const LEFT_OUT = 0.82;
/** Alaska is drawn by no network of ours yet, and would stand where the legend of a map stands. */
const OUTSIDE = new Set(['02']);
/** Puerto Rico and the Virgin Islands, which the hub projects into an inset of their own: api/hub/albers.py. */
const ISLANDS = new Set(['72', '78']);

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
  return `export const land = ${JSON.stringify(path(land, true) + path(islands(), true))};\nexport const borders = ${JSON.stringify(path(borders, false))};\n`;
}

/** The islands' coasts in their inset. */
function islands(): Ring[] {
  const whole = JSON.parse(readFileSync(round, 'utf8'));
  const geometries = whole.objects.states.geometries.filter((g: any) => ISLANDS.has(g.id));
  const found = feature(whole, { type: 'GeometryCollection', geometries }) as any;
  const rings = found.features.flatMap(({ geometry: g }: any) => (g.type === 'Polygon' ? g.coordinates : g.coordinates.flat())) as Ring[];
  return rings.map((ring) => ring.map(([lon, lat]) => place(lon!, lat!))).filter((ring) => extent(ring) > 3);
}

// Albers through the parallels 8 and 18 about meridian -66; its middle (18.2, -66) lies at 915, 575.
const DEGREE = Math.PI / 180, SCALE = 1300 * 1.3, N = (Math.sin(8 * DEGREE) + Math.sin(18 * DEGREE)) / 2;
const away = (lat: number): number => Math.sqrt(Math.cos(8 * DEGREE) ** 2 + 2 * N * (Math.sin(8 * DEGREE) - Math.sin(lat * DEGREE))) / N;

function place(lon: number, lat: number): [number, number] {
  const turn = N * (lon + 66) * DEGREE;
  return [915 + SCALE * away(lat) * Math.sin(turn), 575 + SCALE * (away(lat) * Math.cos(turn) - away(18.2))];
}

function extent(ring: Ring): number {
  const xs = ring.map((p) => p[0]!), ys = ring.map((p) => p[1]!);
  return Math.max(...xs) - Math.min(...xs) + Math.max(...ys) - Math.min(...ys);
}
