// Bodies that a schema allows, and bodies close to those that it does not.

import fc from 'fast-check';
import { resolve } from './document.mjs';

/** A grey PNG of 8 by 8 pixels. */
export const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAD0lEQVR42mNowAEYhpYEAILzYAEllbNjAAAAAElFTkSuQmCC';

const texts = fc.oneof(
  fc.constantFrom('', 'What colour is this?', '<image>', '</s>', 'pitome:0.9', 'tome:0.95', 'none', 'scenes', 'äöü 🙂', '\u0000', 'http://127.0.0.1/a.png'),
  fc.string({ unit: 'grapheme', maxLength: 12 }));

const filled = texts.filter((text) => text !== '');

// Fields whose every value is allowed, but long to compute or seldom of use.
const own = {
  max_tokens: fc.integer({ min: 1, max: 6 }),
  max_completion_tokens: fc.integer({ min: 1, max: 6 }),
  n: fc.integer({ min: 1, max: 2 }),
  image_id: fc.oneof(fc.constant(null), fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/)),
  model: fc.constantFrom('scenes', 'scenes', 'scenes', 'gpt-x', null),
  image: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(picture, `data:image/png;base64,${picture}`) }, filled),
  method: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('pitome', 'tome', 'none', 'dct') }, texts),
  ratio: fc.constantFrom(0.5, 0.9, 1),
  url: fc.oneof({ weight: 4, arbitrary: fc.constant(`data:image/png;base64,${picture}`) }, filled),
};

/** Values that a schema allows. */
export function valid(schema, name) {
  if (own[name]) {
    return own[name];
  }
  const { oneOf, anyOf, enum: names, type, ...rest } = resolve(schema);
  if (oneOf ?? anyOf) {
    return fc.oneof(...(oneOf ?? anyOf).map((form) => valid(form, name)));
  }
  if (names) {
    return fc.constantFrom(...names);
  }
  const kinds = [type ?? []].flat();
  return kinds.length === 0 ? fc.jsonValue({ maxDepth: 2 }) : fc.oneof(...kinds.map((kind) => ofKind(kind, rest)));
}

function ofKind(kind, schema) {
  switch (kind) {
    case 'null': return fc.constant(null);
    case 'boolean': return fc.boolean();
    case 'string': return schema.minLength > 0 ? filled : texts;
    case 'integer': return fc.integer({ min: Math.max(schema.minimum ?? -9, -9), max: Math.min(schema.maximum ?? 40, 40) });
    case 'number': return fc.double({
      min: schema.minimum ?? schema.exclusiveMinimum ?? -2, max: schema.maximum ?? schema.exclusiveMaximum ?? 2,
      minExcluded: schema.exclusiveMinimum !== undefined, maxExcluded: schema.exclusiveMaximum !== undefined,
      noNaN: true, noDefaultInfinity: true,
    });
    case 'array': return fc.array(schema.items ? valid(schema.items) : fc.jsonValue(), {
      minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3),
    });
    default: return object(schema);
  }
}

/** Required fields and some of the others; those that bound the work always. */
function object({ properties = {}, required = [] }) {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, valid(field, name)]));
  const bounds = ['max_tokens'].filter((name) => name in fields);
  const optional = Object.keys(fields).filter((name) => !required.includes(name));
  const few = fc.subarray(optional, { maxLength: Math.min(optional.length, 5) });
  return few.chain((names) => fc.record(Object.fromEntries([...new Set([...required, ...bounds, ...names])].map((name) => [name, fields[name]]))));
}

/** A body with one field of it, at any depth, replaced, removed or added. */
export const mutated = (schema) => fc.tuple(valid(schema), fc.nat(), fc.constantFrom('replace', 'remove', 'add'), fc.jsonValue({ maxDepth: 1 }))
  .map(([body, at, how, value]) => mutate(structuredClone(body), at, how, value));

function mutate(body, at, how, value) {
  const places = [...objectsIn(body)].flatMap((node) => Object.keys(node).map((name) => [node, name]));
  if (places.length === 0) {
    return value;
  }
  const [node, name] = places[at % places.length];
  if (how === 'remove') {
    delete node[name];
  } else if (how === 'replace') {
    node[name] = value;
  } else {
    node[`${name}_`] = value;
  }
  return body;
}

function* objectsIn(node) {
  if (node !== null && typeof node === 'object') {
    if (!Array.isArray(node)) {
      yield node;
    }
    for (const inner of Object.values(node)) {
      yield* objectsIn(inner);
    }
  }
}
