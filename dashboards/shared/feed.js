// Feed: the live state of one network, kept in step over a websocket. See docs/feed.md.
//
//   const feed = connect({ url: 'ws://host:8081/v1/stream', token, channels: { deviations: { filter: { severity: 2 } } } })
//   feed.onchange = (changed) => draw(feed.rows.deviations, feed.heartbeat, feed.frozen)

/** @typedef {{ site?: string[], severity?: number, kind?: string[], name?: string[] }} Filter */
/** @typedef {{ filter?: Filter, mode?: 'state' | 'events', max_hz?: number }} Wanted */
/** @typedef {Record<string, any> & { id: string }} Row */
/** @typedef {'connecting' | 'live' | 'lost' | 'refused'} Status */
/** @typedef {{ rows: Record<string, Map<string, Row>>, heartbeat: any, status: Status, reason: string, network: string,
 *   readonly age: number, readonly frozen: boolean, onchange: (changed: Set<string>) => void,
 *   ondelta: (channel: string, rows: any[]) => void, close: () => void }} Feed */

/** Nothing heard for so long, ms: what is shown is the last frame, not now. */
export const FROZEN_MS = 5000;
const FIRST_WAIT_MS = 250, LONGEST_WAIT_MS = 8000;
/** Close codes after which trying again as is makes no sense. */
const FINAL = new Set([4400, 4401, 4403, 4408]);
const SUBPROTOCOL = 'tower.v1+json';
const later = (f) => (typeof requestAnimationFrame === 'function' && !globalThis.document?.hidden
  ? requestAnimationFrame(f) : setTimeout(f, 100));

/**
 * Listen to channels, for ever: reconnects, resumes, and asks anew where it cannot resume.
 * `onchange` gets the names of what has changed, at most once a painted frame: channels, 'heartbeat', 'status', 'frozen'.
 * `ondelta` gets each delta as it comes, for those who need every change (mode 'events').
 * @param {{ url: string, token?: string, network?: string, channels: Record<string, Wanted> }} asked
 * @returns {Feed}
 */
export function connect({ url, token = '', network = '', channels }) {
  const names = Object.keys(channels);
  /** @type {Record<string, Map<string, Row>>} */
  const rows = Object.fromEntries(names.map((name) => [name, new Map()]));
  /** Up to which record each channel is told; none before its first snapshot. @type {Map<string, number>} */
  const told = new Map();
  /** What has come of a frame in pages, by channel. @type {Map<string, any>} */
  const pages = new Map();
  const changed = new Set();
  let socket = /** @type {WebSocket | null} */ (null);
  let epoch = '', heard = performance.now(), opened = heard, wait = FIRST_WAIT_MS, ends = false, painting = false, wasFrozen = false;
  let timer = /** @type {any} */ (0);

  const feed = {
    rows, heartbeat: null, status: /** @type {Status} */ ('connecting'), reason: '', network,
    onchange: (_changed) => {}, ondelta: (_channel, _rows) => {},
    get age() { return performance.now() - heard; },
    get frozen() { return performance.now() - heard > FROZEN_MS; },
    close() { ends = true; clearTimeout(timer); clearInterval(watch); socket?.close(1000); },
  };
  const note = (what) => {
    changed.add(what);
    if (painting) return;
    painting = true;
    later(() => { painting = false; const some = new Set(changed); changed.clear(); feed.onchange(some); });
  };
  const become = (status, reason = '') => { feed.status = status; feed.reason = reason; note('status'); };
  const say = (frame) => socket?.readyState === 1 && socket.send(JSON.stringify(frame));
  const ask = (name, fresh) => say({ id: names.indexOf(name), type: 'subscribe', channel: name, ...channels[name], fresh });

  /** Pages as one frame, from where the first begins to where the last leads, once that is there. */
  const joined = (page) => {
    if (page.page === 1) pages.set(page.channel, { ...page, rows: [] });
    const whole = Object.assign(pages.get(page.channel), { seq: page.seq });
    for (const row of page.rows) whole.rows.push(row);
    return page.last && pages.delete(page.channel) ? whole : null;
  };

  const hear = {
    welcome(frame) {
      if (!frame.recovered) told.clear();
      epoch = frame.epoch; feed.network = frame.network; wait = FIRST_WAIT_MS;
      become('live');
      for (const name of names) ask(name, !told.has(name));
    },
    snapshot({ channel, seq, rows: all }) {
      rows[channel].clear();
      for (const row of all) rows[channel].set(row.id, row);
      told.set(channel, seq); note(channel);
    },
    delta({ channel, from, seq, rows: some }) {
      const at = told.get(channel);
      if (at === undefined || seq <= at) return; // a snapshot is on its way, or it is known
      if (from > at) { told.delete(channel); ask(channel, true); return; } // something is missing
      for (const row of some) row.op === 'del' ? rows[channel].delete(row.id) : rows[channel].set(row.id, row);
      told.set(channel, seq); feed.ondelta(channel, some); note(channel);
    },
    heartbeat(frame) {
      for (const name of told.keys()) told.set(name, Math.max(told.get(name), frame.seq));
      feed.heartbeat = frame; note('heartbeat');
    },
    error({ field, value, fix }) { feed.reason = `${field}: ${fix} (got ${JSON.stringify(value)})`; note('status'); },
  };
  const open = () => {
    opened = performance.now();
    socket = new WebSocket(network ? `${url}?network=${encodeURIComponent(network)}` : url, SUBPROTOCOL);
    socket.onopen = () => say({ type: 'hello', token, ...(epoch && told.size === names.length
      ? { resume: { epoch, seq: Math.min(...told.values()) } } : {}) });
    socket.onmessage = ({ data }) => {
      heard = performance.now();
      const said = JSON.parse(data), frame = said.page ? joined(said) : said;
      hear[frame?.type]?.(frame);
    };
    socket.onclose = ({ code, reason }) => {
      if (ends) return;
      if (FINAL.has(code)) { become('refused', feed.reason || reason); return; }
      become('lost', reason);
      timer = setTimeout(open, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };
  const watch = setInterval(() => {
    const silent = Math.min(feed.age, performance.now() - opened) > FROZEN_MS;
    if (silent && socket && socket.readyState < 2) socket.close(4000, 'nothing heard'); // an open socket may be a dead one
    if (feed.frozen === wasFrozen) return;
    wasFrozen = feed.frozen; note('frozen');
  }, 500);
  open();
  return feed;
}
