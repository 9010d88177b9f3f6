import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, figuresShown, openPage, openPlayground, useBrowser } from '../browser.mjs';

useBrowser();

test('a bad picture shows what the server says of it', async () => {
  const page = await openPlayground();

  await page.getByLabel('Choose a picture').setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await page.waitForFunction(() => !document.querySelector('#problem').hidden);

  const said = await page.getByRole('alert').textContent();
  const body = new FormData();
  body.append('image', new Blob(['no picture']), 'notes.png');
  const problem = await (await fetch(`${process.env.VLM_URL}/merge/preview`, { method: 'POST', body })).json();
  assert.ok(said.includes(`${problem.status} ${problem.title}`), said);
  assert.ok(said.includes(problem.errors.image[0]), said);
  assert.match(said, /trace [0-9a-f]{32}/);
});

test('a good picture after a bad one takes the problem away', async () => {
  const page = await openPlayground();
  await page.getByLabel('Choose a picture').setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await page.waitForFunction(() => !document.querySelector('#problem').hidden);

  await page.getByRole('button', { name: 'Example: six objects' }).click();
  await figuresShown(page);

  assert.equal(await page.locator('#problem').isHidden(), true);
});

test('every wrong field is named', async () => {
  const page = await openPlayground();
  await page.getByText('Sampling').click();
  await page.getByLabel('Longest answer, tokens').fill('1000000');

  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.waitForFunction(() => !document.querySelector('#problem').hidden);

  assert.match(await page.getByRole('alert').textContent(), /400 Bad Request.*max_tokens: expected 1 to \d+/s);
});

test('a server with keys asks for one, and works with it', async () => {
  const page = await openPage('/', { url: process.env.VLM_KEYED_URL });
  await page.waitForFunction(() => !document.querySelector('#key-form').hidden);
  assert.match(await page.getByRole('alert').textContent(), /401 Unauthorized/);

  await page.getByLabel('API key').fill('wrong');
  await page.getByRole('button', { name: 'Use key' }).click();
  await page.waitForFunction(() => /another/.test(document.querySelector('#problem').textContent));
  await page.getByLabel('API key').fill(process.env.VLM_KEY);
  await page.getByRole('button', { name: 'Use key' }).click();
  await figuresShown(page);

  assert.match(await ask(page), /^Answer A: /);
  assert.equal(await page.locator('#problem').isHidden(), true);
});
