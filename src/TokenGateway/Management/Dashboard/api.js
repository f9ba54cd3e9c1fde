// The management API: the key where one is asked for, calls, and the stream of events.

const KEY = 'tokengateway-key';

const headers = () => {
  const key = sessionStorage.getItem(KEY);
  return key ? { Authorization: `Bearer ${key}` } : {};
};

let asking = null;

/** Asks for the key once, whoever needs it; resolves when there is one to try. */
function askForKey() {
  return asking ??= new Promise((resolve) => {
    const dialog = document.getElementById('key');
    const input = document.getElementById('key-input');
    if (sessionStorage.getItem(KEY) !== null) {
      sessionStorage.removeItem(KEY);
      document.getElementById('key-text').textContent = 'This key was not accepted. Look it up in the gateway\u2019s Management:ApiKey.';
    }

    input.value = '';
    dialog.addEventListener('close', () => {
      sessionStorage.setItem(KEY, input.value.trim());
      input.value = '';
      asking = null;
      resolve();
    }, { once: true });
    // Without a key there is nothing to show: Escape does not close it.
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.showModal();
  });
}

async function request(path, options = {}) {
  for (;;) {
    const answer = await fetch(path, { ...options, cache: 'no-store', headers: { ...headers(), ...options.headers } });
    if (answer.status !== 401) {
      return answer;
    }

    await askForKey();
  }
}

/** Changes something. Resolves with the answer's document; a refusal is thrown in words. */
async function change(method, path, body) {
  const answer = await request(path, body === undefined
    ? { method }
    : { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  const document = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error([document.title, document.detail].filter(Boolean).join('. ') || `The gateway answered ${answer.status}.`);
  }

  return document;
}

const pathOf = (name, part) => `/api/credentials/${encodeURIComponent(name)}/${part}`;

export const rotate = (name, force) => change('POST', pathOf(name, force ? 'rotate?force=true' : 'rotate'));
export const validate = (name) => change('POST', pathOf(name, 'validate'));
export const login = (name) => change('POST', pathOf(name, 'login'));
export const reseed = (name, refreshToken) => change('PUT', pathOf(name, 'refresh-token'), { refreshToken });

/** Reads one stream of server-sent events to its end. */
async function readEvents(onOpen, onEvent) {
  const answer = await request('/api/events', { headers: { Accept: 'text/event-stream' } });
  if (!answer.ok) {
    throw new Error(`The gateway answered ${answer.status}.`);
  }

  onOpen();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    // The gateway sends its clock every 15 s: a stream that is silent for much longer is dead.
    const { done, value } = await Promise.race([reader.read(), silence(40_000)]);
    if (done) {
      return;
    }

    const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      const field = (name) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart()).join('\n');
      onEvent(field('event'), field('data'));
    }
  }
}

const silence = (ms) => new Promise((_, reject) => setTimeout(() => reject(new Error('The stream is silent.')), ms));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Follows the events for as long as the page lives, and connects again when the gateway was away. */
export async function follow({ onOpen, onLost, onEvent }) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      await readEvents(() => { wait = 500; onOpen(); }, onEvent);
    } catch {
      // Told below: whatever the reason, it is tried again.
    }

    onLost();
    await pause(wait);
  }
}
