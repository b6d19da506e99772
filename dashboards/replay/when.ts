// When: clocks of the network's zone as people write them.
import type { Clock } from '../shared/words.ts';

const MINUTE = 60_000, HOUR = 3_600_000, DAY_MIN = 1440;

const minutes = (zone: Clock, at: number): number => { const [h, m] = zone.minute(at).split(':'); return Number(h) * 60 + Number(m); };

/** The moment at which clocks say HH:MM on the day of `day`, ms; NaN if that is no time. */
export function instant(zone: Clock, day: number, said: string): number {
  const found = /^(\d{1,2})[:.]?(\d{2})$/.exec(said.trim());
  const want = found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
  if (!(want < DAY_MIN)) return NaN;
  const at = Math.floor(day / MINUTE) * MINUTE + (want - minutes(zone, day)) * MINUTE;
  const off = ((want - minutes(zone, at) + DAY_MIN * 1.5) % DAY_MIN) - DAY_MIN / 2; // clocks change twice a year
  return at + off * MINUTE;
}

/** Hours to mark between two moments, so many that they fit: every one, two, three, six or twelve. */
export function hours(zone: Clock, from: number, to: number, most: number): number[] {
  const step = [1, 2, 3, 6, 12, 24].find((one) => (to - from) / (one * HOUR) <= most) ?? 48;
  const all: number[] = [];
  for (let at = Math.ceil(from / HOUR) * HOUR; at <= to; at += HOUR) if (zone.hour(at) % step === 0) all.push(at);
  return all;
}

/** 14:00; the day where it begins. */
export const hourly = (zone: Clock, at: number): string => (zone.hour(at) === 0 ? zone.day(at).split(' ').slice(0, 2).join(' ') : zone.minute(at));
