// The two pictures of a card. Each says in its label what it shows.

import { clock, duration, outcomeLevel, outcomeText, span } from './words.js';

const WIDTH = 1000;
const moment = (text) => text ? Date.parse(text) : null;

/** Issued, refresh window, expiry, and where in between we are. */
export function drawTimeline(svg, credential, now) {
  const issued = moment(credential.issuedAt);
  const expires = moment(credential.accessTokenExpiresAt);
  if (issued === null || expires === null || expires <= issued) {
    svg.setAttribute('visibility', 'hidden');
    svg.setAttribute('aria-label', 'There is no access token.');
    return;
  }

  const x = (at) => WIDTH * Math.min(1, Math.max(0, (at - issued) / (expires - issued)));
  const next = moment(credential.nextRotationAt);
  const [life, refresh, spent, here] = svg.children;
  svg.setAttribute('visibility', 'visible');
  spent.setAttribute('width', x(now));
  refresh.setAttribute('x', next === null ? WIDTH : x(next));
  refresh.setAttribute('width', next === null ? 0 : WIDTH - x(next));
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
  svg.replaceChildren(...bars.map((rotation, index) => {
    const height = 8 + 88 * Math.sqrt(rotation.durationMs / longest);
    const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    bar.setAttribute('x', WIDTH - (bars.length - index) * slot + 2);
    bar.setAttribute('y', 100 - height);
    bar.setAttribute('width', slot - 4);
    bar.setAttribute('height', height);
    bar.setAttribute('class', `bar-${outcomeLevel(rotation.outcome)}`);
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = `${clock(Date.parse(rotation.at), now)}: ${outcomeText(rotation.outcome)} in ${duration(rotation.durationMs)} by ${rotation.by}`;
    bar.append(title);
    return bar;
  }));
  const failed = bars.filter((rotation) => outcomeLevel(rotation.outcome) !== 'good').length;
  svg.setAttribute('aria-label', bars.length === 0 ? 'No rotation yet.' : `${bars.length} rotations, ${failed} of them failed; the longest took ${duration(longest)}.`);
}
