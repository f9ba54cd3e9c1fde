// One credential.

import { drawHistory, drawTimeline, drawVerdicts } from './charts.js';
import { ago, ahead, clock, duration, helpOf, left, levelOf, outcomeText, refreshOf, servingOf, stateOf } from './words.js';

const moment = (text) => text ? Date.parse(text) : null;

export class Card {
  #credential;

  constructor(name, ask) {
    this.element = document.getElementById('card').content.firstElementChild.cloneNode(true);
    const title = this.element.querySelector('h2');
    title.textContent = name;
    title.id = `credential-${name}`;
    this.element.setAttribute('aria-labelledby', title.id);
    for (const button of this.element.querySelectorAll('[data-ask]')) {
      button.setAttribute('aria-label', `${button.textContent.replace('…', '')} ${name}`);
      button.addEventListener('click', () => ask(button.dataset.ask, this));
    }

    this.name = name;
  }

  get credential() {
    return this.#credential;
  }

  /** Shows a new status. */
  show(credential, now) {
    this.#credential = credential;
    const last = credential.lastRotation;
    this.element.dataset.level = levelOf(credential);
    this.element.dataset.state = credential.state;
    this.#set('state', stateOf(credential));
    this.#set('grant', credential.grant.replace('_', ' '));
    this.element.querySelector('[data-ask="reseed"]').hidden = credential.grant === 'client_credentials';
    this.#set('serving', servingOf(credential));
    this.#set('problem', credential.problem ?? '');
    this.#field('problem').hidden = !credential.problem;
    this.#set('action', credential.action);
    this.#set('by', credential.history.find((rotation) => rotation.outcome === 'rotated')?.by ?? last?.by ?? 'nobody yet');
    this.#set('lease', credential.lease ? credential.lease.owner : 'free');
    this.#set('generation', credential.generation);
    this.#set('fingerprint', credential.fingerprint ?? 'none');
    this.element.querySelector('[data-ask="login"]').hidden = !credential.offersLogin;
    for (const button of this.element.querySelectorAll('[data-ask]')) {
      button.classList.toggle('primary', button.dataset.ask === helpOf(credential));
    }

    this.#showHistory(credential.history, now);
    this.#showVerdicts(credential.validations, now);
    this.tick(now);
  }

  /** The gateway does not answer: what was shown is not what is. */
  lose() {
    this.#set('state', `Before: ${stateOf(this.#credential)}`);
    this.#set('serving', 'Nobody knows whether requests are served.');
    this.#set('action', 'See whether the gateway runs, and whether this machine still reaches it. Until then all below is from before.');
  }

  /** What time alone changes. */
  tick(now) {
    const credential = this.#credential;
    const { lastRotation: last, lastValidation: validation } = credential;
    const [issued, expires, next] = [moment(credential.issuedAt), moment(credential.accessTokenExpiresAt), moment(credential.nextRotationAt)];
    this.#showLife(credential, issued, expires, now);
    this.#set('access', expires === null ? 'none' : left(expires, now));
    this.#set('refresh', refreshOf(credential, now));
    this.#set('next', credential.state === 'rotating' ? 'under way' : ahead(next, now));
    this.#set('last', last ? `${outcomeText(last.outcome)} ${ago(moment(last.at), now)} in ${duration(last.durationMs)}` : 'none yet');
    this.#set('validation', validation ? `${validation.verdict} ${ago(moment(validation.at), now)}${validation.error ? ` (${validation.error})` : ''}` : 'not asked yet');
    this.#set('standby', credential.standby ? `ready${credential.standby.since ? `, since ${clock(moment(credential.standby.since), now)}` : ''}` : 'none');
  }

  /** What came of something that a person asked for. */
  tell(text, level) {
    this.#set('result', text);
    this.#field('result').dataset.level = level;
  }

  set busy(busy) {
    for (const button of this.element.querySelectorAll('[data-ask]')) {
      button.disabled = busy;
    }
  }

  #showLife(credential, issued, expires, now) {
    const lives = issued !== null && expires !== null && expires > issued;
    this.element.querySelector('.timeline').hidden = !lives;
    if (lives) {
      this.#set('issued', clock(issued, now));
      this.#set('window', clock(moment(credential.refreshWindowStartsAt), now));
      this.#set('expires', clock(expires, now));
      drawTimeline(this.element.querySelector('.timeline svg'), credential, now);
    }
  }

  #showHistory(history, now) {
    this.element.querySelector('.history').hidden = history.length === 0;
    drawHistory(this.element.querySelector('.history svg'), history, now);
    this.#fill('.history tbody', history.map((rotation) =>
      [clock(moment(rotation.at), now), outcomeText(rotation.outcome), duration(rotation.durationMs), rotation.by, rotation.generation, rotation.error ?? '']));
  }

  #showVerdicts(verdicts, now) {
    this.element.querySelector('.verdicts').hidden = verdicts.length === 0;
    drawVerdicts(this.element.querySelector('.verdicts svg'), verdicts, now);
    for (const verdict of ['valid', 'unknown', 'invalid']) {
      this.#set(verdict, verdicts.filter((one) => one.verdict === verdict).length);
    }

    this.#fill('.verdicts tbody', verdicts.map((one) => [clock(moment(one.at), now), one.verdict, one.generation, one.by, one.error ?? '']));
  }

  #fill(body, rows) {
    this.element.querySelector(body).replaceChildren(...rows.map((cells) => {
      const row = document.createElement('tr');
      row.append(...cells.map((text) => Object.assign(document.createElement('td'), { textContent: text })));
      return row;
    }));
  }

  #field(name) {
    return this.element.querySelector(`[data-field="${name}"]`);
  }

  #set(name, text) {
    const field = this.#field(name);
    if (field.textContent !== String(text)) {
      field.textContent = text;
    }
  }
}
