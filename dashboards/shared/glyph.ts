// Glyph: the shape carries the state, the colour repeats it. 0 normal, 1 advisory, 2 warning, 3 critical.
import type { Severity } from './rows.ts';

export const WORDS = ['normal', 'advisory', 'warning', 'critical'] as const;
const SVG = 'http://www.w3.org/2000/svg';
const PATHS: Record<Severity, [string, string][]> = {
  0: [['s0', 'M12 7.4a4.6 4.6 0 1 0 .01 0z']],
  1: [['s1', 'M2.6 4.6h18.8L12 21z']],
  2: [['s2', 'M12 .8 23.2 12 12 23.2.8 12z']],
  3: [['s3', 'M12 1.5 23 21.5H1z'], ['s3mark', 'M12 8.5v6.2M12 17v2.2']],
};

/** An SVG element of its own; paint it again with `shape`. */
export function glyph(severity: Severity = 0, className = 'glyph'): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', className);
  svg.setAttribute('role', 'img');
  shape(svg, severity);
  return svg;
}

/** Give a glyph another shape; does nothing if it has it. */
export function shape(svg: SVGSVGElement, severity: Severity): void {
  if (svg.dataset.severity === String(severity)) return;
  svg.dataset.severity = String(severity);
  svg.setAttribute('aria-label', WORDS[severity]);
  svg.replaceChildren(...PATHS[severity].map(([name, d]) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', d);
    return path;
  }));
}

/** Blink, all in one rhythm, or stop; for criticals that nobody sees to. */
export function blink(svg: SVGSVGElement, on: boolean): void {
  svg.classList.toggle('blink', on);
}

// What begins to blink later, or again, joins the rhythm of the page's clock, however late its first frame is.
document.addEventListener('animationstart', (event) => {
  if (event.animationName === 'blink') for (const one of (event.target as Element).getAnimations()) one.startTime = 0;
});

/** The outline of a shape for a canvas, in a box of 24 x 24. */
export const OUTLINES: Record<Severity, Path2D> = {
  0: new Path2D(PATHS[0][0]![1]), 1: new Path2D(PATHS[1][0]![1]), 2: new Path2D(PATHS[2][0]![1]), 3: new Path2D(PATHS[3][0]![1]),
};
