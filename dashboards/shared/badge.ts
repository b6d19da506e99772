// Badge: which now this is: live, recorded and how fast, behind, or none at all.
import { mark, say } from './dom.ts';
import type { Tower } from './tower.ts';
import { count, span } from './words.ts';

const pad = (n: number): string => String(n).padStart(2, '0');

/** The words of the badge; `isOut`: it is drawn inverted, because what is shown is not now. */
export function told(tower: Tower): { words: string; isOut: boolean } {
  const beat = tower.beat;
  if (tower.frozen && beat) return { words: `NO DATA ${pad(Math.floor(tower.silence / 60))}:${pad(Math.floor(tower.silence % 60))}`, isOut: true };
  if (!beat) return { words: 'CONNECTING', isOut: true };
  if (!tower.begun) return { words: 'STARTING', isOut: false };
  if (tower.catchingUp) return { words: `BEHIND ${span(tower.behind)}`, isOut: true };
  return { words: beat.mode === 'live' ? 'LIVE' : beat.paused ? 'RECORDED, paused' : `RECORDED ×${count(beat.speed)}`, isOut: false };
}

export function badge(node: HTMLElement, tower: Tower): void {
  const { words, isOut } = told(tower);
  say(node, words);
  mark(node, 'out', isOut);
}
