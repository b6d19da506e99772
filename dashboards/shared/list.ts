// List: rows that are built once and show what fits around the cursor; nothing scrolls and no row is cut in half.

import { mark } from './dom.ts';

export interface Painted<T> { node: HTMLElement; paint(item: T, index: number): void }

/** Be an option of a list, chosen or not, for eyes and for screen readers. */
export function chooses(node: HTMLElement, id: string, is: boolean): void {
  node.id = `row-${id}`;
  node.setAttribute('role', 'option');
  node.setAttribute('aria-selected', String(is));
  mark(node, 'chosen', is);
}

/** The id of the item so many further on than the one of that id, of the last or first where there is none. */
export function further(items: readonly { id: string }[], at: string, by: number): string {
  const from = items.findIndex((one) => one.id === at);
  return items[Math.min(Math.max(from + by, 0), items.length - 1)]?.id ?? '';
}

/** Show the part of `items` that fits into the body's height and holds the cursor; how many are above and below. */
export class List<T> {
  private readonly rows: Painted<T>[] = [];
  private first = 0;

  constructor(readonly body: HTMLElement, readonly height: number, private readonly make: () => Painted<T>, label: string) {
    body.setAttribute('role', 'listbox'); body.setAttribute('aria-label', label); body.tabIndex = 0;
  }

  paint(items: T[], cursor: number): { above: number; below: number } {
    const fits = Math.max(1, Math.floor(this.body.clientHeight / this.height));
    if (cursor < this.first) this.first = Math.max(cursor, 0);
    if (cursor >= this.first + fits) this.first = cursor - fits + 1;
    this.first = Math.max(0, Math.min(this.first, items.length - fits));
    while (this.rows.length < fits) { const row = this.make(); this.rows.push(row); this.body.append(row.node); }
    for (const [i, row] of this.rows.entries()) {
      const item = i < fits ? items[this.first + i] : undefined;
      row.node.hidden = item === undefined;
      if (item === undefined) continue;
      row.paint(item, this.first + i);
      row.node.setAttribute('aria-posinset', String(this.first + i + 1)); row.node.setAttribute('aria-setsize', String(items.length));
    }
    const at = this.body.querySelector('[aria-selected=true]:not([hidden])');
    if (at) this.body.setAttribute('aria-activedescendant', at.id); else this.body.removeAttribute('aria-activedescendant');
    return { above: this.first, below: Math.max(0, items.length - this.first - fits) };
  }
}
