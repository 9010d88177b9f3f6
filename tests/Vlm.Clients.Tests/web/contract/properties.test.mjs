// Whatever is sent, the answer is one that the document describes; what its schemas forbid is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mutated, picture, valid } from './bodies.mjs';
import { check, operations, post, resolve, send, taking, validator } from './document.mjs';

const seed = Number(process.env.VLM_SEED ?? 20261121);
const numRuns = Number(process.env.VLM_RUNS ?? 60);
const always = (property, runs = numRuns) => fc.assert(property, { seed, numRuns: runs });
const bodySchema = ({ path, method }, type = 'application/json') =>
  validator('paths', path, method.toLowerCase(), 'requestBody', 'content', type, 'schema');

for (const operation of taking('application/json')) {
  const { schema } = operation.requestBody.content['application/json'];
  const { operationId } = operation;

  test(`${operationId}: an allowed body gets a documented answer`, () => always(fc.asyncProperty(valid(schema), async (body) => {
    assert.ok(bodySchema(operation)(body), `generated ${JSON.stringify(body)}`);
    await check(operation, await post(operation, body), JSON.stringify(body));
  })));

  test(`${operationId}: a forbidden body is refused`, () => always(fc.asyncProperty(mutated(schema), async (body) => {
    fc.pre(!bodySchema(operation)(body));
    const response = await post(operation, body);
    assert.ok(response.status >= 400 && response.status < 500, `${response.status} for ${JSON.stringify(body)}`);
    await check(operation, response, JSON.stringify(body));
  })));

  test(`${operationId}: text that is no JSON is refused`, () => always(fc.asyncProperty(fc.string(), async (text) => {
    fc.pre(!isObject(text));
    const response = await post(operation, text);
    assert.equal(response.status, 400, text);
    await check(operation, response, text);
  }), 15));

  test(`${operationId}: another media type is refused`, async () => {
    const types = ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16', 'application/octet-stream', 'x'];
    for (const type of operation.requestBody.content['multipart/form-data'] ? types : [...types, 'multipart/form-data; boundary=x']) {
      const response = await post(operation, '{}', { headers: { 'Content-Type': type } });
      assert.equal(response.status, 415, type);
      await check(operation, response, type);
    }
  });
}

for (const operation of taking('multipart/form-data')) {
  const { schema } = operation.requestBody.content['multipart/form-data'];

  test(`${operation.operationId}: a form gets a documented answer`, () => always(fc.asyncProperty(valid(schema), async (fields) => {
    const response = await send(operation, { body: form(fields) });
    await check(operation, response, JSON.stringify(fields));
  })));
}

for (const operation of operations.filter((o) => o.method === 'GET')) {
  test(`${operation.operationId}: gets a documented answer`, async () => {
    const response = await send(operation);
    assert.equal(response.status, 200);
    await check(operation, response);
  });
}

for (const operation of operations.filter((o) => o.parameters?.some((p) => p.in === 'path'))) {
  const parameter = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed() && !/^\.\.?$/.test(text));
  test(`${operation.operationId}: any name gets a documented answer`, () => always(fc.asyncProperty(parameter, async (id) => {
    await check(operation, await send(operation, { parameters: { id } }), id);
  })));
}

for (const operation of operations.filter((o) => o.parameters?.some((p) => p.in === 'header'))) {
  const headers = fc.record({
    'X-Request-Timeout': fc.oneof(fc.double({ min: 0, noNaN: true }).map(String), fc.constantFrom('', 'soon', '-1', '1e3', '30')),
    'X-Request-Priority': fc.constantFrom('interactive', 'batch', 'low', ''),
  }, { requiredKeys: [] });
  test(`${operation.operationId}: any urgency gets a documented answer`, () => always(fc.asyncProperty(headers, async (urgency) => {
    const body = { prompt: 'Hi', max_tokens: 2, messages: [{ role: 'user', content: 'Hi' }], input: picture, image: picture };
    const known = Object.keys(resolve(operation.requestBody.content['application/json'].schema).properties);
    const sent = Object.fromEntries(Object.entries(body).filter(([name]) => known.includes(name) && !(name === 'messages' && known.includes('prompt'))));
    await check(operation, await post(operation, sent, { headers: urgency }), JSON.stringify(urgency));
  }), 20));
}

function isObject(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}

function form(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat().filter((v) => v !== null)) {
      const isFile = name === 'image';
      body.append(name, isFile ? new Blob([Buffer.from(one ?? '', 'base64')]) : String(one), ...(isFile ? ['picture.png'] : []));
    }
  }
  return body;
}
