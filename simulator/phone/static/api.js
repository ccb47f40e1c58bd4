// Talks to the simulator's control API.

export class Refused extends Error {}

export async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body instanceof FormData || body instanceof Blob) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] = 'application/json';
  }
  const response = await fetch(path, options);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw Object.assign(new Refused(answer.error?.message ?? answer.reason ?? `${method} ${path}: ${response.status}`), { answer });
  }
  return answer;
}

export const get = (path) => call('GET', path);
export const post = (path, body = {}) => call('POST', path, body);
export const user = (openid, deed, body) => post(`/_sim/users/${encodeURIComponent(openid)}/${deed}`, body);

// Every change, in order; `onGap` when some may have been missed (the connection was lost for a while).
export function listen(onChange, onGap) {
  const source = new EventSource('/_sim/changes');
  let opened = false;
  source.onopen = () => {
    if (opened) onGap();
    opened = true;
  };
  source.onmessage = (event) => {
    const change = JSON.parse(event.data);
    if (change.type === 'lost') onGap();
    else onChange(change);
  };
}
