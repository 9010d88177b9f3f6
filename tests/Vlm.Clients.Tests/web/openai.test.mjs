// OpenAI's own JavaScript SDK, unchanged.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: `${process.env.VLM_URL}/v1`, apiKey: 'none', maxRetries: 0 });
const model = 'scenes';
const url = `data:image/png;base64,${readFileSync(join(process.env.VLM_PICTURES, 'six.png')).toString('base64')}`;
const prompt = 'How many objects are there?';

/** What POST /chat answers to the same question. */
async function expected(merge = 'none') {
  const body = JSON.stringify({ prompt, image: url, merge });
  const response = await fetch(`${process.env.VLM_URL}/chat`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const { answer, usage } = await response.json();
  assert.notEqual(answer, '');
  return { answer, tokens: usage.images[0].tokens };
}

const messages = [{
  role: 'user',
  content: [{ type: 'image_url', image_url: { url, detail: 'low' } }, { type: 'text', text: prompt }],
}];

test('chat: a picture part, our field merge, usage', async () => {
  const { answer: text, tokens } = await expected('pitome:0.9');
  const answer = await client.chat.completions.create({ model, messages, temperature: 0, merge: 'pitome:0.9' });

  assert.equal(answer.object, 'chat.completion');
  assert.equal(answer.choices[0].message.role, 'assistant');
  assert.equal(answer.choices[0].message.content, text);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  assert.equal(answer.usage.images[0].tokens, tokens);
  assert.match(answer._request_id, /^[0-9a-f]{32}$/);
});

test('streaming: the pieces are the answer, the last chunk has the usage', async () => {
  const whole = await client.chat.completions.create({ model, messages, temperature: 0 });
  const stream = await client.chat.completions.create({
    model, messages, temperature: 0, stream: true, stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }

  assert.equal(chunks.flatMap((c) => c.choices).map((c) => c.delta.content ?? '').join(''), whole.choices[0].message.content);
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  assert.equal(chunks.at(-1).choices.length, 0);
  assert.equal(chunks.at(-1).usage.completion_tokens, whole.usage.completion_tokens);
});

test('the stream helper puts an answer together', async () => {
  const stream = client.chat.completions.stream({ model, messages, temperature: 0 });

  assert.equal((await stream.finalChatCompletion()).choices[0].message.content, (await expected()).answer);
});

test('a stream that is left lets the server go on', async () => {
  const stream = await client.chat.completions.create({ model, messages, stream: true, max_tokens: 256 });
  stream.controller.abort();

  assert.equal((await client.models.list()).data.length, 1);
});

test('n, seed, stop and log-probabilities', async () => {
  const ask = () => client.chat.completions.create({
    model, messages, n: 2, seed: 7, temperature: 1, stop: ['.'], logprobs: true, top_logprobs: 2, max_completion_tokens: 4,
  });
  const [first, second] = [await ask(), await ask()];

  assert.deepEqual(first.choices.map((c) => c.message.content), second.choices.map((c) => c.message.content));
  assert.equal(first.choices.length, 2);
  assert.equal(first.choices[0].logprobs.content[0].top_logprobs.length, 2);
});

test('an answer in JSON by a schema', async () => {
  const schema = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'], additionalProperties: false };
  const answer = await client.chat.completions.create({
    model, messages, temperature: 0, response_format: { type: 'json_schema', json_schema: { name: 'count', strict: true, schema } },
  });

  assert.ok(Number.isInteger(JSON.parse(answer.choices[0].message.content).count));
});

test('models: list and one', async () => {
  const { data } = await client.models.list();

  assert.deepEqual(await client.models.retrieve(data[0].id), data[0]);
});

test('embeddings: base64 under way, numbers in hand, length 1', async () => {
  const { data, usage } = await client.embeddings.create({ model, input: [url, url] });

  assert.equal(data.length, 2);
  assert.deepEqual(data[0].embedding, data[1].embedding);
  assert.ok(Math.abs(Math.hypot(...data[0].embedding) - 1) < 1e-5);
  assert.ok(usage.total_tokens > 0);
});

test('errors arrive as the SDK\'s own kinds', async () => {
  await assert.rejects(client.chat.completions.create({ model, messages, temperature: 9 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.deepEqual([error.status, error.param, error.type], [400, 'temperature', 'invalid_request_error']);
    assert.match(error.requestID, /^[0-9a-f]{32}$/); // the trace id of the server's log
    return true;
  });
  await assert.rejects(client.models.retrieve('gpt-x'), (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
  await assert.rejects(client.chat.completions.create({ model: 'gpt-x', messages }), OpenAI.NotFoundError);
});

test('a wrong key is an AuthenticationError, the right one is answered', async () => {
  const locked = (apiKey) => new OpenAI({ baseURL: `${process.env.VLM_KEYED_URL}/v1`, apiKey, maxRetries: 0 });

  await assert.rejects(locked('wrong').models.list(), OpenAI.AuthenticationError);
  assert.equal((await locked(process.env.VLM_KEY).models.list()).data[0].id, model);
});
