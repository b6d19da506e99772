// Stale: which sources have been quiet for too long, and what rests on them. Age is scenario time, so x360 ages as x1.
import { mark, say } from '../shared/dom.ts';
import type { Source } from '../shared/rows.ts';
import type { Tower } from '../shared/tower.ts';
import { span } from '../shared/words.ts';

/** What each part of the picture rests on: sources whose name holds one of these words. */
const RESTS_ON: Record<string, string[]> = {
  docks: ['dock'], legs: ['carrier'], weather: ['weather'], lines: ['order', 'warehouse'], stock: ['stock'], supply: ['supply'], demand: ['order'], carriers: ['carrier'],
};

export const isStale = (tower: Tower, source: Source): boolean => source.age_limit_s !== undefined && tower.age(source) > source.age_limit_s;

/** The stalest source that a part rests on, if one is too old. */
export function oldest(tower: Tower, part: string): Source | undefined {
  const words = RESTS_ON[part] ?? [];
  const concerned = (tower.beat?.sources ?? []).filter((source) => words.some((word) => source.source.includes(word)));
  if (concerned.length === 0 || !concerned.every((source) => isStale(tower, source))) return undefined; // one that still speaks is enough
  return concerned.sort((a, b) => a.age_s - b.age_s)[0];
}

export const staleAt = (tower: Tower, part: string): boolean => oldest(tower, part) !== undefined;

/** Have a panel look as old as what it rests on, and wear its age. Frozen pages fade as a whole. */
export function fade(node: HTMLElement, age: HTMLElement, tower: Tower, part: string): void {
  const source = tower.frozen ? undefined : oldest(tower, part);
  mark(node, 'stale', source !== undefined);
  age.hidden = source === undefined;
  if (source) say(age, `${part} ${span(tower.age(source))} old`);
}
