// The server's routes. Every failure is a Problem.

const keyPlace = 'vlm.key';

/** What RFC 9457 says of an error, or the same shape where no answer came. */
export class Problem extends Error {
  constructor(details) {
    super(details.detail ?? details.title);
    this.details = details;
  }
}

/** Keeps the API key until the tab closes. */
export const useKey = (key) => sessionStorage.setItem(keyPlace, key);

/** The merging methods of the loaded model. */
export const methods = async () => (await send('/merge/methods')).json();

/** What merging does to every patch of a picture. */
export async function preview(picture, merge, signal) {
  const response = await send('/merge/preview', { method: 'POST', body: form({ image: picture.file, merge }), signal });
  return response.json();
}

/** Asks, and yields the events of the answer: { event, data }. */
export async function* ask(picture, fields, signal) {
  const body = form({ image: picture?.file, ...fields, stream: true });
  const response = await send('/chat', { method: 'POST', body, signal });
  for await (const { event, data } of events(response.body)) {
    if (event === 'error') {
      throw new Problem(data);
    }
    yield { event, data };
  }
}

function form(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) {
      body.append(name, value, value.name);
    } else if (value !== undefined && value !== '') {
      body.append(name, typeof value === 'object' ? JSON.stringify(value) : value);
    }
  }
  return body;
}

async function send(path, options = {}) {
  const key = sessionStorage.getItem(keyPlace);
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const response = await reach(path, { ...options, headers });
  if (!response.ok) {
    throw new Problem(await describe(response));
  }
  return response;
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new Problem({ title: 'No answer', detail: 'The server could not be reached.' });
  }
}

async function describe(response) {
  try {
    return await response.json();
  } catch {
    return { title: response.statusText, status: response.status };
  }
}

/** Server-sent events of a response's body; frames end with an empty line, their data is JSON. */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const frames = (pending + chunk.value).split('\n\n');
    pending = frames.pop();
    yield* frames.map(parse);
  }
}

function parse(frame) {
  const fields = Object.fromEntries(frame.split('\n').map((line) => line.split(/: (.*)/s, 2)));
  return { event: fields.event, data: JSON.parse(fields.data) };
}
