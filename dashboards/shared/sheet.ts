// Sheet: all keys of a page, over it, until it is closed.
import { el } from './dom.ts';

export interface Sheet { readonly isOpen: boolean; show(on: boolean): void }

/** The sheet of a page: each key, or `A then B`, and what it does. */
export function sheet(page: HTMLElement, all: [string, string][]): Sheet {
  const close = el('button', '', 'Close', el('kbd', '', 'esc')), over = el('div', 'help', el('div', 'sheet', el('h2', '', 'Keys'), close, ...all.flatMap(([key, does]) => [
    el('span', 'key', ...key.split(' ').map((one) => (one === 'then' ? ' then ' : el('kbd', '', one)))), el('span', '', does)])));
  over.hidden = true;
  over.setAttribute('role', 'dialog'); over.setAttribute('aria-modal', 'true'); over.setAttribute('aria-label', 'Keys');
  let before: Element | null = null;
  const show = (on: boolean): void => {
    if (over.hidden !== on) return;
    over.hidden = !on;
    page.inert = on; // what lies behind cannot be reached
    if (on) { before = document.activeElement; close.focus(); } else if (before instanceof HTMLElement) before.focus();
  };
  close.addEventListener('click', () => show(false));
  page.after(over);
  return { get isOpen() { return !over.hidden; }, show };
}
