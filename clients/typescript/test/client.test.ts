import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chat, createVlmClient, streamChat, VlmError, type ChatRequest } from '../src/client.js';

const server = { baseUrl: process.env['VLM_URL']! };
const client = createVlmClient(server);
const board = readFileSync(join(process.env['VLM_PICTURES']!, 'board.png'));
const question: ChatRequest = {
  prompt: 'What is written on the board?',
  image: board.toString('base64'),
  merge: { method: 'pitome', image_tokens: 200 },
  max_tokens: 16,
};

test('an answer has the types of the document', async () => {
  const { usage, answer } = await chat(server, question);

  assert.ok(usage.images[0]!.tokens <= 200);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  assert.notEqual(answer, '');
});

test('a streamed answer is the same in pieces', async () => {
  const { answer } = await chat(server, question);
  let text = '';
  for await (const step of streamChat(server, question)) {
    if (step.event === 'token') {
      text += step.data.text;
    } else {
      assert.equal(step.data.answer, text);
    }
  }

  assert.equal(text, answer);
});

test('a form uploads the picture as a file', async () => {
  const { data } = await client.POST('/merge/preview', {
    body: { image: new Blob([board]), merge: 'pitome:0.9' } as never,
    bodySerializer: (fields) => {
      const form = new FormData();
      Object.entries(fields as unknown as Record<string, string | Blob>).forEach(([name, value]) => form.append(name, value));
      return form;
    },
  });

  assert.equal(data!.layers.at(-1)!.tokens_after, data!.tokens + 1);
});

test('errors are problems with every wrong field', async () => {
  const { error, response } = await client.POST('/chat', { body: { prompt: 'Hi', temperature: 3, max_tokens: 0 } });

  assert.equal(response.status, 400);
  assert.deepEqual(Object.keys(error!.errors!), ['max_tokens', 'temperature']);
  await assert.rejects(chat(server, { prompt: 'Hi', temperature: 3 }), VlmError);
  await assert.rejects(streamChat(server, { prompt: 'Hi', temperature: 3 }).next(), VlmError);
});

test('models, methods and vectors have their types', async () => {
  const models = await client.GET('/v1/models');
  const id = models.data!.data[0]!.id;
  const model = await client.GET('/v1/models/{id}', { params: { path: { id } } });
  const methods = await client.GET('/merge/methods');
  const vectors = await client.POST('/v1/embeddings', { body: { input: board.toString('base64') } });

  assert.equal(model.data!.object, 'model');
  assert.ok(methods.data!.methods.some((method) => method.name === 'pitome'));
  assert.equal(typeof (vectors.data!.data[0]!.embedding as number[])[0], 'number');
});
