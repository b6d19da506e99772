// Svg: drawings whose texts can be read, found and measured.

const SVG = 'http://www.w3.org/2000/svg';
type Attributes = Record<string, string | number>;

/** An element with its attributes; a string child is its text. */
export function draw(tag: string, attributes: Attributes = {}, ...children: (Node | string)[]): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, typeof value === 'number' ? String(Math.round(value * 10) / 10) : value);
  made.append(...children);
  return made;
}

/** A drawing of that size, with a name for those who do not see it. */
export const picture = (width: number, height: number, label: string, ...children: Node[]): SVGElement =>
  draw('svg', { width, height, viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`, role: 'img', 'aria-label': label }, ...children);

export const text = (x: number, y: number, said: string, name = 't', anchor = 'start'): SVGElement => draw('text', { x, y, class: name, 'text-anchor': anchor }, said);
export const stroke = (d: string, name = 'rule'): SVGElement => draw('path', { d, class: name });

/** A path through what is known; it breaks where something is not. */
export function through(points: ([number, number] | null)[]): string {
  let d = '', isDown = false;
  for (const point of points) {
    if (point) d += `${isDown ? 'L' : 'M'}${point[0].toFixed(1)},${point[1].toFixed(1)}`;
    isDown = point !== null;
  }
  return d;
}

let measure: CanvasRenderingContext2D | null = null;
/** How wide a text of 12 px is. */
export function wide(said: string, weight = 400): number {
  measure ??= document.createElement('canvas').getContext('2d')!;
  measure.font = `${weight} 12px Tower, sans-serif`;
  return measure.measureText(said).width;
}
