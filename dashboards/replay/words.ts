// Words: the sentence over a comparison: what was forked, where, what it is worth, and what it costs elsewhere.
import { Clock, count, many, span } from '../shared/words.ts';
import { range, scale, signed, word, worth } from './figures.ts';
import { changed, forkOf, isOpen, type Fork, type Kpi, type Run, type Variant } from './rows.ts';

/** What is said in bold, and what after it. */
export interface Sentence { lead: string; rest: string }

/** 12:58:20, Fri 8 Feb 2013 EST */
export const moment = (fork: Fork, zone: Clock): string => `${zone.time(Date.parse(fork.from))}, ${zone.day(Date.parse(fork.from))}`;

/** Why a run failed, and the way out. */
export const failure = (run: Run): Sentence =>
  ({ lead: run.why ? `It failed: ${run.why}.` : 'It failed and did not say why.', rest: run.hint ? `Try: ${run.hint}. + changes it.` : '+ changes it, to be compared again.' });

/** The best variant by what it is worth: the largest gain, sure or not. */
export function best(run: Run): Variant | undefined {
  const kpi = worth(run);
  if (!kpi) return undefined;
  const gain = (one: Variant): number => (kpi.of?.[one.key]?.diff_mean ?? NaN) * (kpi.good || -1);
  return changed(run).filter((one) => !Number.isNaN(gain(one))).sort((a, b) => gain(b) - gain(a))[0];
}

/** Net cost −$17.9k (−20.8 to −15.0). */
function told(kpi: Kpi, key: string): string {
  const one = kpi.of?.[key] ?? {}, of = scale(kpi), isMoney = of.unit.startsWith('$'), between = range(one, of);
  const mean = signed(one.diff_mean, of), said = isMoney ? `${/^[+−]/.test(mean) ? mean[0] : ''}$${mean.replace(/^[+−]/, '')}${of.unit.slice(1)}` : [mean, of.unit === '%' ? 'pt' : kpi.title.toLowerCase().includes(of.unit) ? '' : of.unit].filter(Boolean).join(' ');
  return `${said}${between ? ` (${between})` : ''}`;
}

/** Up to two figures that get worse, for sure; else what gets better. */
function price(run: Run, key: string, net: Kpi): string {
  const others = (run.kpis ?? []).filter((one) => one !== net);
  const of = (want: string): string[] => others.filter((one) => word(one, one.of?.[key]) === want).map((one) => `${one.title.charAt(0).toLowerCase()}${one.title.slice(1)} ${told(one, key).replace(/ \(.*/, '')}`);
  const worse = of('worse'), better = of('better');
  if (worse.length) return `Worse: ${worse.slice(0, 2).join(', ')}${worse.length > 2 ? ` and ${many(worse.length - 2, 'more figure')}` : ''}.`;
  return better.length ? `Better too: ${better.slice(0, 2).join(', ')}; nothing gets worse for sure.` : '';
}

/** What came of a comparison that is over, or so far. */
function verdict(run: Run, since = ''): Sentence {
  const kpi = worth(run), one = best(run);
  if (!kpi || !one) return { lead: 'There is nothing to compare yet.', rest: '' };
  const said = word(kpi, kpi.of?.[one.key]), net = `${kpi.title.charAt(0).toLowerCase()}${kpi.title.slice(1)} ${told(kpi, one.key)}`, name = `${one.key}, ${one.title.charAt(0).toLowerCase()}${one.title.slice(1)}`;
  const rest = price(run, one.key, kpi), others = changed(run).length > 1, from = since ? `From ${since} on, ` : '';
  if (said === 'better') return { lead: `${from}${name}, is ${others ? 'the best' : 'better'}: ${net}.`, rest };
  if (said === 'worse') return { lead: `${from}${others ? `all are worse than the base; ${name}` : `${name}, is worse`}: ${net}.`, rest };
  if (said === 'one pair') return { lead: `${from}${name}: ${net} in one pair of runs.`, rest: 'An interval takes two.' };
  return { lead: `${from || 'There is '}${from ? 'there is ' : ''}no difference that is sure: ${name}, ${net}.`, rest };
}

/** What the head of the page says of a run. */
export function sentence(run: Run, forks: Fork[], zone: Clock): Sentence {
  const fork = forkOf(run, forks), at = fork ? `Forked at ${zone.time(Date.parse(fork.from))}` : 'Forked';
  if (run.status === 'failed') return failure(run);
  if (run.status === 'waiting') return { lead: 'Waiting for its turn.', rest: `${at}; what is known shows as it comes.` };
  if (run.kind === 'run') return isOpen(run) ? { lead: 'One run is being played.', rest: at } : { lead: 'One run, so no interval.', rest: 'Compare it to see what the change is worth.' };
  const { lead, rest } = verdict(run, fork ? zone.minute(Date.parse(fork.from)) : ''), of = `${count(run.runs_done ?? 0)} of at most ${many(run.runs_most ?? 20, 'pair')}`;
  if (!isOpen(run)) return { lead, rest: run.status === 'stopped' ? `Stopped after ${of}. ${rest}` : rest };
  const eta = run.eta_s ? `, ${span(run.eta_s)} left at most` : '';
  return { lead: `${of} of runs${eta}.`, rest: run.runs_done ? lead.replace(/^From/, 'So far, from') : `${at}; figures come with the first pair, intervals with the second.` };
}

/** What is said of a run in a list. */
export function line(run: Run): string {
  const kpi = worth(run), one = best(run);
  if (run.status === 'failed') return failure(run).lead;
  if (run.kind === 'run') return 'one run';
  return kpi && one ? `${one.key} ${kpi.title.toLowerCase()} ${told(kpi, one.key)}, ${word(kpi, kpi.of?.[one.key])}` : changed(run).map((each) => `${each.key} ${each.title}`).join(', ');
}

