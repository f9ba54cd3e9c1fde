// Times and states in words.

const UNITS = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];

/** The two largest units of a span in milliseconds. */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) {
    return '0 s';
  }

  const [unit, size] = UNITS[first];
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[1]) : 0;
  return `${Math.floor(seconds / size)} ${unit}${rest ? ` ${rest} ${next[0]}` : ''}`;
}

export const left = (at, now) => at === null ? 'unknown' : at > now ? `${span(at - now)} left` : `expired ${span(now - at)} ago`;
export const ahead = (at, now) => at === null ? 'none planned' : at > now ? `in ${span(at - now)}` : 'now';
export const ago = (at, now) => `${span(now - at)} ago`;

/** A clock time, with the day where that is another one. */
export function clock(at, now) {
  const date = new Date(at);
  const time = date.toLocaleTimeString();
  return date.toDateString() === new Date(now).toDateString() ? time : `${date.toLocaleDateString()} ${time}`;
}

export const duration = (ms) => ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;

const STATES = {
  unseeded: 'No refresh token yet',
  active: 'Active',
  rotating: 'Rotating',
  in_doubt: 'In doubt',
  reauthorization_required: 'Log in again',
};

const OBSTACLES = { unreachable: 'Store not reached', unreadable: 'Record not readable' };

export const stateOf = (credential) =>
  credential.state === 'unseeded' && credential.obstacle ? OBSTACLES[credential.obstacle] ?? credential.obstacle :
  credential.state !== 'active' ? STATES[credential.state] ?? credential.state
    : !credential.usable ? 'No usable token'
    : credential.problem ? 'Active, with a problem' : STATES.active;

export const servingOf = (credential) =>
  credential.usable ? 'Requests are served.'
    : credential.state === 'rotating' ? 'Requests wait for the new token, at most RequestWait.'
    : 'Requests are refused.';

/** Which button helps where only a person can. None where the refresh token is only out of reach: a login may end it. */
export const helpOf = (credential) =>
  credential.obstacle ? null :
  credential.state !== 'unseeded' && credential.state !== 'reauthorization_required' ? null
    : credential.offersLogin ? 'login'
    : credential.grant === 'client_credentials' ? null : 'reseed';

/** What is known of the refresh token's life; few providers tell its end. */
export const refreshOf = (credential, now) =>
  credential.grant === 'client_credentials' ? 'none, and none needed'
    : credential.state === 'reauthorization_required' ? 'dead'
    : credential.state === 'unseeded' ? credential.obstacle ? 'unknown' : 'none'
    : credential.state === 'in_doubt' ? 'may be spent'
    : credential.refreshTokenExpiresAt ? left(Date.parse(credential.refreshTokenExpiresAt), now)
    : 'held; its end is not told';

/** How much it concerns a person: good, busy, warn or bad. */
export function levelOf(credential) {
  if (credential.state === 'rotating') {
    return credential.problem ? 'warn' : 'busy';
  }

  if (!credential.usable || credential.state === 'reauthorization_required' || credential.state === 'unseeded') {
    return 'bad';
  }

  return credential.problem || credential.state === 'in_doubt' ? 'warn' : 'good';
}

const OUTCOMES = { rotated: 'good', taken_over: 'good', forbidden: 'good', not_sent: 'warn', refused: 'warn', store_unavailable: 'warn' };

export const outcomeLevel = (outcome) => OUTCOMES[outcome] ?? 'bad';
export const outcomeText = (outcome) => outcome.replaceAll('_', ' ');

const VERDICTS = { valid: 'good', unknown: 'warn' };

export const verdictLevel = (verdict) => VERDICTS[verdict] ?? 'bad';
