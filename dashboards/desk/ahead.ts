// Ahead: what lies ahead of the leg that the chosen deviation is about, or hangs on: asked for once, and anew after a while.
import type { Deviation } from '../shared/rows.ts';
import * as api from './api.ts';
import type { Foretold } from './foretold.ts';

const SETTLE_MS = 150, AGAIN_MS = 15_000;

/** What is asked about: a deviation's kind and its subject. */
type About = Pick<Deviation, 'kind' | 'subject'>;
/** What is told: of which leg (none: it is about none), and of the leg and its visit. */
interface Told { leg: string; all: Foretold[] }
type Answer = { told: Told | null; why: string };

const failed = (why: string): Answer => ({ told: null, why });
const about = (one: About, ...families: string[]): boolean => one.subject !== undefined && families.includes(one.kind.split('.')[0]!);

/** Ask which leg it is, and what is foretold of that: three requests at most. */
async function look(one: About): Promise<Answer> {
  const isVisit = about(one, 'visit'), all: Foretold[] = [];
  let leg = about(one, 'leg', 'connection') ? one.subject! : '';
  if (isVisit || about(one, 'line')) {
    const answer = await api.carried(isVisit ? 'visits' : 'lines', one.subject!);
    if (!answer.ok) return failed(answer.why);
    leg = answer.value.item.on_leg ?? answer.value.item.leg ?? '';
  }
  for (const [of, name] of [['leg', leg], ['visit', isVisit ? one.subject! : '']] as const) {
    const answer = name ? await api.foretold(of, name) : null;
    if (answer && !answer.ok) return failed(answer.why);
    all.push(...(answer?.value.items ?? []));
  }
  return { told: { leg, all }, why: '' };
}

export class Ahead {
  about: About | null = null;
  told: Told | null = null;
  /** Why nothing could be asked, for people. */
  why = '';
  /** Whether it stays with what it is about, whatever the cursor is on. */
  isHeld = false;
  onchange = (): void => {};
  private turn = 0;
  private askedAt = 0;

  /** Follow the cursor; ask at once about another one, and anew about the same one after a while that the page is seen. */
  see(one: Deviation | undefined): void {
    const isOther = !this.isHeld && (one?.subject !== this.about?.subject || one?.kind !== this.about?.kind);
    if (isOther) { this.about = one ? { kind: one.kind, subject: one.subject } : null; this.told = null; this.why = ''; }
    else if (performance.now() - this.askedAt < AGAIN_MS || document.hidden) return;
    void this.ask(isOther ? SETTLE_MS : 0);
  }

  private async ask(settle: number): Promise<void> {
    const turn = ++this.turn, one = this.about;
    this.askedAt = performance.now();
    await new Promise((go) => setTimeout(go, settle)); // who walks down a list reads none of them
    if (turn !== this.turn || !one) return;
    const { told, why } = await look(one);
    if (turn !== this.turn) return;
    this.told = told ?? this.told; this.why = why;
    this.onchange();
  }
}
