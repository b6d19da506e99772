// Sheet: something over a page, until it is closed: all its keys, or what else is looked at now and then.
import { el } from './dom.ts';

export interface Sheet { readonly isOpen: boolean; show(on: boolean): void }

/** A dialog over a page; `make` is given the button that closes it. */
export function dialog(page: HTMLElement, label: string, name: string, make: (close: HTMLElement) => HTMLElement): Sheet {
  const close = el('button', '', 'Close', el('kbd', '', 'esc')), over = el('div', `over ${name}`, make(close));
  over.hidden = true;
  over.setAttribute('role', 'dialog'); over.setAttribute('aria-modal', 'true'); over.setAttribute('aria-label', label);
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

/** All keys of a page: each, or `A then B`, and what it does. */
export const sheet = (page: HTMLElement, all: [string, string][]): Sheet =>
  dialog(page, 'Keys', 'help', (close) => el('div', 'sheet', el('h2', '', 'Keys'), close, ...all.flatMap(([key, does]) => [
    el('span', 'key', ...key.split(' ').map((one) => (one === 'then' ? ' then ' : el('kbd', '', one)))), el('span', '', does)])));
