// The server's OpenAPI document, and whether an answer keeps what it says.

import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Where the servers are: one for everybody; one with keys, whose bodies may have a million bytes. */
export const base = process.env.VLM_URL;
export const keyed = process.env.VLM_KEYED_URL;

/** The document. */
export const document = await (await fetch(`${base}/openapi/v1.json`)).json();

/** Every operation: { path, method, ... as in the document }. */
export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })));

/** The operations that take a body of a media type. */
export const taking = (type) => operations.filter((o) => o.requestBody?.content[type]);

const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema(document, 'document');
const pointer = (steps) => steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
const validators = new Map();

/** Validator of the schema at a place of the document. */
export function validator(...steps) {
  const $ref = `document#/${pointer(steps)}`;
  if (!validators.has($ref)) {
    validators.set($ref, ajv.compile({ $ref }));
  }
  return validators.get($ref);
}

/** The schema itself, behind its reference. */
export function resolve(schema) {
  return schema.$ref ? resolve(schema.$ref.slice(2).split('/').reduce((node, step) => node[step], document)) : schema;
}

/** Fails unless status, media type, headers and body of an answer stand in the document. Returns the body. */
export async function check({ path, method, responses }, response, sent = '') {
  const text = await response.text();
  const what = `${method} ${path} ${sent.slice(0, 600)}: ${response.status} ${text.slice(0, 600)}`;
  const documented = responses[response.status];
  assert.ok(response.status < 500, `server error: ${what}`);
  assert.ok(documented, `status is not documented: ${what}`);
  const type = response.headers.get('Content-Type')?.split(';')[0] ?? '';
  if (!documented.content) {
    assert.equal(text, '', what);
    return text;
  }
  assert.ok(documented.content[type], `media type ${type} is not documented: ${what}`);
  for (const header of Object.keys(documented.headers ?? {})) {
    assert.match(response.headers.get(header) ?? '', /^\d+$/, `${header} of ${what}`);
  }
  const body = type.endsWith('json') ? JSON.parse(text) : text;
  const isValid = validator('paths', path, method.toLowerCase(), 'responses', String(response.status), 'content', type, 'schema');
  assert.ok(isValid(body), `${ajv.errorsText(isValid.errors)} in ${what}`);
  if (type === 'application/problem+json') {
    assert.equal(body.status, response.status, what);
  }
  return body;
}

/** Sends a request to an operation; path parameters are filled in. */
export const send = ({ path, method }, { parameters = {}, url = base, ...options } = {}) => fetch(
  url + path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name] ?? 'scenes')), { method, ...options });

/** Sends JSON. */
export const post = (operation, body, { headers, ...options } = {}) => send(operation, {
  body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers }, ...options,
});
