// Dom: build once, then change only what differs, so that nothing moves that need not.

type Child = Node | string;

/** An element with a class and children. */
export function el(tag: string, className = '', ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Say something else, if it is something else. */
export function say(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Have a class or not. */
export function mark(node: Element, name: string, on: boolean): void {
  if (node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

/** A canvas as large as its box in device pixels, and its context in CSS pixels; null while it has no size. */
export function fit(canvas: HTMLCanvasElement): { c: CanvasRenderingContext2D; width: number; height: number } | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return null;
  const ratio = Math.min(devicePixelRatio || 1, 3), w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  const c = canvas.getContext('2d')!;
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  return { c, width, height };
}

/** The colours in force, for a canvas. */
export function colours(): Record<string, string> {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(['bg', 'panel', 'raise', 'land', 'line', 'rule', 'text', 'mid', 'dim', 'normal', 'advisory',
    'warning', 'critical', 'hatch', 'edge', 'band'].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Stripes for what is blocked or cancelled. */
export function stripes(c: CanvasRenderingContext2D, size: number, colour: string, dark: string): CanvasPattern {
  const tile = document.createElement('canvas');
  tile.width = tile.height = Math.max(4, Math.round(size));
  const t = tile.getContext('2d')!, n = tile.width;
  t.fillStyle = colour; t.fillRect(0, 0, n, n);
  t.strokeStyle = dark; t.lineWidth = n / 3.2;
  t.beginPath();
  for (const d of [-n, 0, n]) { t.moveTo(d - 1, n + 1); t.lineTo(d + n + 1, -1); }
  t.stroke();
  return c.createPattern(tile, 'repeat')!;
}

/** The theme: `?theme=` beats what the system asks for, also when it changes its mind; that beats the page's own. */
export function theme(own: 'dark' | 'light'): void {
  const asked = new URLSearchParams(location.search).get('theme'), light = matchMedia('(prefers-color-scheme: light)'), dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    document.documentElement.dataset.theme = asked === 'light' || asked === 'dark' ? asked : dark.matches ? 'dark' : light.matches ? 'light' : own;
  };
  for (const system of [light, dark]) system.addEventListener('change', apply);
  apply();
}
