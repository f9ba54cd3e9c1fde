// The page: cards that follow the gateway, and the dialogs that ask before something is changed.

import { follow, login, reseed, rotate, validate } from './api.js';
import { Card } from './card.js';
import { levelOf, verdictLevel } from './words.js';

const main = document.getElementById('credentials');
const connection = document.getElementById('connection');
const summary = document.getElementById('summary');
const cards = new Map();
let offset = 0;

/** The gateway's time: this machine's clock may be wrong, and a token's life is short. */
const now = () => Date.now() + offset;

const actions = {
  rotate: async (name, form) => {
    const rotation = await rotate(name, form.elements.force.checked);
    return { text: `Rotated: generation ${rotation.generation}, by ${rotation.by} in ${rotation.durationMs} ms.` };
  },
  validate: async (name) => {
    const validation = await validate(name);
    return { text: `The verdict is ${validation.verdict}${validation.error ? ` (${validation.error})` : ''}.`, level: verdictLevel(validation.verdict) };
  },
  login: async (name) => {
    location.assign((await login(name)).url);
    return { text: 'On the way to the provider…' };
  },
  reseed: async (name, form) => {
    await reseed(name, form.elements.refreshToken.value.trim());
    return { text: 'The provider has accepted the new refresh token.' };
  },
};

// Not submit buttons: Enter in a field would press the first of them.
for (const button of document.querySelectorAll('dialog [value="cancel"]')) {
  button.addEventListener('click', () => button.closest('dialog').close('cancel'));
}

/** Asks for confirmation, does it, and tells on the card what came of it. */
function ask(kind, card) {
  const dialog = document.getElementById(kind);
  const form = dialog.querySelector('form');
  form.reset();
  dialog.querySelector('[data-name]').textContent = card.name;
  dialog.returnValue = 'cancel';
  dialog.addEventListener('close', async () => {
    if (dialog.returnValue !== 'ok') {
      form.reset();
      return;
    }

    card.busy = true;
    card.tell('Under way…', 'busy');
    try {
      const { text, level = 'good' } = await actions[kind](card.name, form);
      card.tell(text, level);
    } catch (error) {
      card.tell(error.message, 'bad');
    } finally {
      form.reset(); // Above all the refresh token.
      card.busy = false;
    }
  }, { once: true });
  dialog.showModal();
}

function show(credential) {
  let card = cards.get(credential.name);
  if (!card) {
    card = new Card(credential.name, ask);
    cards.set(credential.name, card);
    const after = [...main.children].find((other) => other.querySelector('h2').textContent > credential.name);
    main.insertBefore(card.element, after ?? null);
  }

  card.show(credential, now());
  summarize();
}

function summarize() {
  const all = [...cards.values()].map((card) => card.credential);
  const count = (level, also = () => true) => all.filter((credential) => levelOf(credential) === level && also(credential)).length;
  const [bad, warn, refused] = [count('bad'), count('warn'), count('bad', (credential) => !credential.usable)];
  const which = (some) => all.length === 1 ? 'the credential' : `${some} of ${all.length} credentials`;
  const text = refused > 0 ? `Act now: requests of ${which(refused)} are refused`
    : bad > 0 ? `Act now: somebody must log in for ${which(bad)}`
    : warn > 0 ? `Look into it: a problem with ${which(warn)}`
    : all.length === 0 ? 'No credential is configured'
    : all.length === 1 ? 'The credential is well' : `All ${all.length} credentials are well`;
  if (summary.textContent !== text) {
    summary.textContent = text;
  }

  summary.dataset.level = bad > 0 ? 'bad' : warn > 0 ? 'warn' : 'good';
  document.title = bad + warn > 0 ? `(${bad + warn}) TokenGateway` : 'TokenGateway';
}

function setLive(live) {
  connection.dataset.live = String(live);
  connection.textContent = live ? 'Live' : `Not connected since ${new Date().toLocaleTimeString()}; trying again…`;
  main.classList.toggle('stale', !live);
  if (!live) {
    cards.forEach((card) => card.lose());
    summary.textContent = 'Unknown: the gateway does not answer, and what is shown is from before';
    summary.dataset.level = 'bad';
  }
}

setInterval(() => cards.forEach((card) => card.tick(now())), 1000);

follow({
  onOpen: () => setLive(true),
  onLost: () => {
    if (connection.dataset.live === 'true') {
      setLive(false);
    }
  },
  onEvent: (event, data) => {
    if (event === 'clock') {
      offset = Date.parse(data) - Date.now();
    } else if (event === 'credentials') {
      const names = new Set(JSON.parse(data));
      for (const [name, card] of cards) {
        if (!names.has(name)) {
          card.element.remove();
          cards.delete(name);
        }
      }

      if (names.size === 0 || cards.size > 0) {
        summarize();
      }
    } else if (event === 'credential') {
      show(JSON.parse(data));
    }
  },
});
