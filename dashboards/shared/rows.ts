// Rows: what the feed says, as the wall and the desk use it. A field that is not there is not known. See docs/feed.md.

export type Severity = 0 | 1 | 2 | 3;

export interface Deviation {
  id: string; kind: string; severity: Severity; subject?: string; site?: string; since?: string; at?: string;
  value?: number; limit?: number; value_at_risk_cents?: number; loss_cents_per_min?: number; act_by?: string;
  status: string; why?: string; evidence?: number; incident?: string; opening?: number;
  acknowledged_by?: string; acknowledged_at?: string; assigned_to?: string; taken_by?: string; shelved_until?: string; shelved_by?: string;
  note?: string; noted_by?: string; taken_at?: string; escalated_at?: string;
}

export interface Incident {
  id: string; cause: string; site?: string; source?: string; severity: Severity; since?: string; act_by?: string;
  members?: number; critical?: number; warning?: number; advisory?: number; legs?: number; visits?: number;
  lines?: number; opened?: number; value_at_risk_cents?: number; loss_cents_per_min?: number;
}

/** What is to be decided of an incident, or was. It waits while it is proposed and not over. */
export interface Decision {
  id: string; incident: string; option?: string; type?: 'rebook' | 'redock'; mode?: 'advise' | 'approve' | 'auto'; state: string; by?: string;
  proposed_at?: string; expires_at?: string; undo_until?: string; stake_cents?: number; net_cents?: number; confidence?: number; moves?: number; void?: number; reason?: string; at?: string; approved_by?: string;
}

/** What can be done about an incident; rank 1 is the best, doing nothing comes last. */
export interface Option {
  id: string; incident: string; rank?: number; kind?: string; net_cents?: number; net_p10_cents?: number; net_p90_cents?: number;
  cost_cents?: number; value_kept_cents?: number; lines_kept?: number; on_time_delta?: number; churn_lines?: number; unserved?: number; lines?: number;
  express_cents?: number; standard_cents?: number; economy_cents?: number; express_on_time?: number; standard_on_time?: number; economy_on_time?: number;
  binding?: string; price_cents?: number; confidence?: number; expires_at?: string; moves?: number;
}

/** What was better in a what-if, kept by name for incidents of its cause and site. */
export interface Playbook {
  id: string; name: string; version?: number; title?: string; cause?: string; site?: string; option: string;
  net_cents?: number; net_low_cents?: number; net_high_cents?: number; runs?: number; run?: string; at?: string; by?: string;
}

/** What loads of a full leg, doors of a site or goods there save. */
export interface Price { id: string; what?: 'leg' | 'doors' | 'goods'; resource?: string; site?: string; window_start?: string; last_unit_cents?: number; next_unit_cents?: number }

export interface Site {
  id: string; name?: string; lat?: number; lon?: number; x?: number; y?: number; tz?: string; role?: string;
  severity: Severity; hazard?: number; gust_mps?: number; visibility_m?: number; temp_c?: number; precip_mm_h?: number;
  observed_at?: string; waiting?: number; docked?: number; doors?: number; doors_in_use?: number; doors_closed?: number;
  [figure: string]: string | number | undefined;
}

export interface Leg {
  id: string; origin?: string; dest?: string; carrier?: string; dep_planned?: string; arr_planned?: string;
  dep_expected?: string; arr_expected?: string; departed_at?: string; arrived_at?: string; cancelled_at?: string;
  late_min?: number; lines?: number; value_cents?: number; risk_cents?: number;
}

export interface Slot { visit: string; leg?: string; start?: string; end?: string; state: 'on_plan' | 'overrun' | 'blocked' | 'booked'; over?: boolean }
export interface Waiting { visit: string; leg?: string; window_start?: string; window_end?: string; arrived_at?: string; life?: string }
export interface Dock { id: string; site?: string; door?: string; closed_at?: string; occupants?: number; slots?: Slot[]; waiting?: Waiting[]; more?: number }
export interface Kpi { id: string; name?: string; site?: string; window?: string; window_s?: number; value?: number; plan?: number; at?: string; kind?: string; subject?: string }

export interface Source { source: string; age_s: number; age_limit_s?: number; rate: number; simulated: boolean }
/** From which value on a deviation of a kind is advisory, warning, critical. */
export interface Levels { advisory: number; warning?: number; critical?: number }

/** Something that must hold; one that ends in `_books` is the tower's own to keep. */
export interface Held { name: string; checked: number; broken: number; since?: string }

export interface Heartbeat {
  server_time: string; scenario_time: string; now: string; speed: number; paused: boolean; mode: 'live' | 'recorded';
  seq: number; build: string; network: string; tz: string; title: string; sources: Source[];
  hops_ms: Record<string, { p50: number; p99: number }>;
  ledger: { received: number; accepted: number; duplicate: number; late: number; rejected: number; imbalance: number };
  invariants?: Held[];
  levels?: Record<string, Levels>;
  planned_at?: string;
}
