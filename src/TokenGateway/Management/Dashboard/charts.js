// The pictures of a card. Each says in its label what it shows.

import { clock, duration, outcomeLevel, outcomeText, span, verdictLevel } from './words.js';

const WIDTH = 1000;
const moment = (text) => text ? Date.parse(text) : null;

/** Issued, refresh window, expiry, and where in between we are. */
export function drawTimeline(svg, credential, now) {
  const issued = moment(credential.issuedAt);
  const expires = moment(credential.accessTokenExpiresAt);
  const x = (at) => WIDTH * Math.min(1, Math.max(0, (at - issued) / (expires - issued)));
  const next = moment(credential.nextRotationAt);
  const from = x(moment(credential.refreshWindowStartsAt));
  const [life, refresh, spent, here] = svg.children;
  spent.setAttribute('width', x(now));
  refresh.setAttribute('x', from);
  refresh.setAttribute('width', WIDTH - from);
  here.setAttribute('x', Math.min(WIDTH - 6, x(now)));
  life.setAttribute('width', WIDTH);
  const planned = next === null ? 'no rotation is planned' : next > now ? `rotation in ${span(next - now)}` : 'rotation is due';
  svg.setAttribute('aria-label', expires > now
    ? `Issued ${span(now - issued)} ago, ${planned}, expires in ${span(expires - now)}.`
    : `Expired ${span(now - expires)} ago, ${planned}.`);
}

/** One bar for each rotation of the fleet: colour and height tell outcome and duration; the table says the same. */
export function drawHistory(svg, history, now) {
  const bars = history.slice().reverse();
  const slot = WIDTH / 50;
  const longest = Math.max(100, ...bars.map((rotation) => rotation.durationMs));
  svg.replaceChildren(...bars.map((rotation, index) => drawBar(
    { x: WIDTH - (bars.length - index) * slot, width: slot, bottom: 100, height: 8 + 88 * Math.sqrt(rotation.durationMs / longest) },
    outcomeLevel(rotation.outcome),
    `${clock(moment(rotation.at), now)}: ${outcomeText(rotation.outcome)} in ${duration(rotation.durationMs)} by ${rotation.by}`)));
  const failed = bars.filter((rotation) => outcomeLevel(rotation.outcome) !== 'good').length;
  svg.setAttribute('aria-label', bars.length === 0 ? 'No rotation yet.' : `${bars.length} rotations, ${failed} of them failed; the longest took ${duration(longest)}.`);
}

const VERDICT_HEIGHTS = { good: 8, warn: 16, bad: 24 };

/** One bar for each verdict that the replica remembers: the worse, the higher. */
export function drawVerdicts(svg, verdicts, now) {
  const bars = verdicts.slice().reverse();
  const slot = WIDTH / 20;
  svg.replaceChildren(...bars.map((one, index) => {
    const level = verdictLevel(one.verdict);
    return drawBar(
      { x: WIDTH - (bars.length - index) * slot, width: slot, bottom: 24, height: VERDICT_HEIGHTS[level] },
      level,
      `${clock(moment(one.at), now)}: ${one.verdict}, asked by ${one.by}${one.error ? ` (${one.error})` : ''}`);
  }));
  const good = bars.filter((one) => verdictLevel(one.verdict) === 'good').length;
  svg.setAttribute('aria-label', `${bars.length} verdicts, ${good} of them valid.`);
}

function drawBar({ x, width, bottom, height }, level, text) {
  const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  bar.setAttribute('x', x + 2);
  bar.setAttribute('y', bottom - height);
  bar.setAttribute('width', width - 4);
  bar.setAttribute('height', height);
  bar.setAttribute('class', `bar-${level}`);
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.textContent = text;
  bar.append(title);
  return bar;
}
