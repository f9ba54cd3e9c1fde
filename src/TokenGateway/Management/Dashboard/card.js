// One credential.

import { drawHistory, drawTimeline } from './charts.js';
import { ago, ahead, clock, duration, left, levelOf, outcomeText, refreshOf, stateOf } from './words.js';

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
    this.#set('serving', credential.usable ? 'Requests are served.' : 'Requests are refused.');
    this.#set('problem', credential.problem ?? '');
    this.#field('problem').hidden = !credential.problem;
    this.#set('action', credential.action);
    this.#set('by', credential.history.find((rotation) => rotation.outcome === 'rotated')?.by ?? last?.by ?? 'nobody yet');
    this.#set('lease', credential.lease ? credential.lease.owner : 'free');
    this.#set('generation', credential.generation);
    this.#set('fingerprint', credential.fingerprint ?? 'none');
    this.element.querySelector('[data-ask="login"]').hidden = !credential.offersLogin;
    this.#showHistory(credential.history, now);
    this.tick(now);
  }

  /** What time alone changes. */
  tick(now) {
    const credential = this.#credential;
    const { lastRotation: last, lastValidation: validation } = credential;
    const [issued, expires, next] = [moment(credential.issuedAt), moment(credential.accessTokenExpiresAt), moment(credential.nextRotationAt)];
    this.#set('issued', issued === null ? '–' : clock(issued, now));
    this.#set('window', next === null ? 'none planned' : `from ${clock(next, now)}`);
    this.#set('expires', expires === null ? '–' : clock(expires, now));
    this.#set('access', expires === null ? 'none' : left(expires, now));
    this.#set('refresh', refreshOf(credential, now));
    this.#set('next', ahead(next, now));
    this.#set('last', last ? `${outcomeText(last.outcome)} ${ago(moment(last.at), now)} in ${duration(last.durationMs)}` : 'none yet');
    this.#set('validation', validation ? `${validation.verdict} ${ago(moment(validation.at), now)}${validation.error ? ` (${validation.error})` : ''}` : 'not asked yet');
    this.#set('standby', credential.standby ? `ready${credential.standby.since ? `, since ${clock(moment(credential.standby.since), now)}` : ''}` : 'none');
    drawTimeline(this.element.querySelector('.timeline svg'), credential, now);
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

  #showHistory(history, now) {
    drawHistory(this.element.querySelector('.history svg'), history, now);
    this.element.querySelector('tbody').replaceChildren(...history.map((rotation) => {
      const row = document.createElement('tr');
      const cells = [clock(moment(rotation.at), now), outcomeText(rotation.outcome), duration(rotation.durationMs), rotation.by, rotation.generation, rotation.error ?? ''];
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
