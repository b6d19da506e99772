export interface Feed {
  rows: Record<string, Map<string, Record<string, unknown> & { id: string }>>;
  heartbeat: unknown; status: 'connecting' | 'live' | 'lost' | 'refused'; reason: string; network: string;
  readonly age: number; readonly frozen: boolean;
  onchange: (changed: Set<string>) => void; ondelta: (channel: string, rows: unknown[]) => void; close(): void;
}
export interface Wanted { filter?: Record<string, unknown>; mode?: 'state' | 'events'; max_hz?: number }
export const FROZEN_MS: number;
export function connect(asked: { url: string; token?: string; network?: string; channels: Record<string, Wanted> }): Feed;
