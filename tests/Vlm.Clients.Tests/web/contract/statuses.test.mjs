// Every error that the document names is one that the server really sends, as it is described there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture } from './bodies.mjs';
import { base, check, document, keyed, operations, post, send, taking } from './document.mjs';

const bodies = {
  chat: { prompt: 'Hi', max_tokens: 2 },
  create_chat_completion: { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 2 },
  create_embedding: { input: picture },
  preview_merge: { image: picture },
};
const withPicture = (source) => ({
  chat: { ...bodies.chat, image: source },
  create_chat_completion: { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: source } }] }], max_tokens: 2 },
  create_embedding: { input: source },
  preview_merge: { image: source },
});
const key = (name) => ({ headers: { Authorization: `Bearer ${name}` }, url: keyed });

async function expect(status, operation, response) {
  const body = await check(operation, response);
  assert.equal(response.status, status, JSON.stringify(body));
  return body;
}

for (const operation of operations) {
  const { path, method, operationId } = operation;
  const isOpen = operationId === 'health_live';

  test(`${operationId} without a key, and with a wrong one`, async () => {
    for (const headers of [{}, { Authorization: 'Bearer wrong' }]) {
      const response = await send(operation, { url: keyed, headers });
      await expect(isOpen ? 200 : 401, operation, response);
      assert.equal(response.headers.get('WWW-Authenticate'), isOpen ? null : 'Bearer');
    }
  });

  test(`${path} by other methods than ${method}`, async () => {
    const documented = Object.keys(document.paths[path]).map((m) => m.toUpperCase());
    for (const other of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'].filter((m) => !documented.includes(m))) {
      const response = await fetch(base + path.replace('{id}', 'scenes'), { method: other });
      assert.equal(response.status, 405, other);
      assert.equal(response.headers.get('Allow'), documented.includes('GET') ? 'GET, HEAD' : documented.join(', '), other);
      assert.equal(response.headers.get('Content-Type'), 'application/problem+json');
      assert.equal((await response.json()).status, 405);
    }
  });
}

for (const operation of taking('application/json')) {
  const { operationId } = operation;
  const body = bodies[operationId];

  test(`${operationId}: 200`, async () => { await expect(200, operation, await post(operation, body)); });
  test(`${operationId}: 400 with every wrong field`, async () => {
    const problem = await expect(400, operation, await post(operation, { ...body, model: 1, merge: 2 }));
    assert.deepEqual(Object.keys(problem.errors), ['merge', 'model']);
  });
  test(`${operationId}: 404 for another model`, async () => {
    await expect(404, operation, await post(operation, { ...body, model: 'gpt-x' }));
  });
  test(`${operationId}: 408 when the client's time is over`, async () => {
    let response;
    for (let tries = 0; tries < 20 && response?.status !== 408; tries++) { // a quick answer may still win
      response = await post(operation, body, { headers: { 'X-Request-Timeout': '0.000001' } });
      await check(operation, response.clone());
    }
    await expect(408, operation, response);
  });
  test(`${operationId}: 413 for too long a body`, async () => {
    await expect(413, operation, await post(operation, { ...body, user: 'a'.repeat(1_000_000) }, key('test')));
  });
  test(`${operationId}: 422 for a URL that is not fetched`, async () => {
    await expect(422, operation, await post(operation, withPicture('http://example.com/a.png')[operationId]));
  });
  test(`${operationId}: 429 above the limit of a key`, async () => {
    const [, second] = [await post(operation, body, key('slow')), await post(operation, body, key('slow'))];
    await expect(429, operation, second);
  });
}

for (const operation of operations.filter((o) => o.responses['200'].content?.['text/event-stream'])) {
  test(`${operation.operationId}: 200 as events`, async () => {
    const response = await post(operation, { ...bodies[operation.operationId], stream: true });
    assert.equal(response.headers.get('Content-Type'), 'text/event-stream');
    const text = await expect(200, operation, response);
    const events = text.split('\n\n');
    assert.match(events[0], /^(event: (token|done)\n)?data: \{/); // an empty answer has no token
    assert.match(events.at(-2), /^(event: done\ndata: \{.*\}|data: \[DONE\])$/s);
    assert.equal(events.at(-1), '');
  });
}

test('a path that does not exist', async () => {
  for (const path of ['/nothing', '/chat/', '/v1', '/v1/nothing', '/merge', '/health', '/openapi/v2.json', '/playground/nothing.js', '/v1/models/a/b']) {
    const response = await fetch(base + path);
    const problem = await response.json();
    assert.equal(response.status, path === '/chat/' ? 405 : 404, path);
    assert.equal(problem.status, response.status, path);
    assert.equal(response.headers.get('Content-Type'), 'application/problem+json', path);
  }
});

for (const operation of taking('application/json')) {
  const { example, examples = {} } = operation.requestBody.content['application/json'];
  test(`${operation.operationId}: its examples are answered`, async () => {
    for (const value of [example, ...Object.values(examples).map((e) => e.value)].filter(Boolean)) {
      const bounded = 'max_tokens' in value ? { ...value, max_tokens: 8 } : value;
      await expect(200, operation, await post(operation, bounded));
    }
  });
}
