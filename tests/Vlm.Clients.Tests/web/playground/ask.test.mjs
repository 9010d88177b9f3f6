import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { answered, ask, base, figuresShown, openPlayground, useBrowser } from '../browser.mjs';

useBrowser();

async function chat(picture, fields) {
  const body = new FormData();
  const blob = new Blob([readFileSync(join(process.env.VLM_PICTURES, picture))]);
  Object.entries({ ...fields }).forEach(([name, value]) => body.append(name, value));
  body.append('image', blob, picture);
  const response = await fetch(`${base}/chat`, { method: 'POST', body });
  return response.json();
}

test('a streamed answer is that of POST /chat', async () => {
  const page = await openPlayground();

  await ask(page);

  const expected = await chat('board.png', { prompt: 'What is written on the board?', merge: 'none' });
  assert.notEqual(expected.answer, '');
  assert.equal(await page.getByLabel('Answer A').textContent(), expected.answer);
  assert.match(await page.getByLabel('Setting A', { exact: true }).textContent(), new RegExp(`${expected.usage.prompt_tokens} tokens`));
  assert.deepEqual(page.noise, []);
});

test('pieces appear one after the other', async () => {
  const page = await openPlayground();
  await page.evaluate(() => {
    window.seen = new Set();
    new MutationObserver(() => window.seen.add(document.querySelector('[aria-label="Answer A"]').textContent))
      .observe(document.querySelector('[aria-label="Answer A"]'), { childList: true });
  });

  await ask(page);

  const seen = await page.evaluate(() => [...window.seen].filter((text) => text !== ''));
  assert.ok(seen.length > 1, `expected several steps, found ${seen}`);
});

test('two settings stand side by side with their own counts', async () => {
  const page = await openPlayground();
  await page.getByLabel('Setting B', { exact: true }).getByLabel('Token budget').check();
  await page.getByLabel('Most visual tokens').last().fill('64');
  await figuresShown(page);

  const status = await ask(page);

  const expected = await chat('board.png', {
    prompt: 'What is written on the board?', merge: JSON.stringify({ method: 'pitome', profile: 'paper', image_tokens: 64, order: 'raster' }),
  });
  assert.ok(expected.usage.images[0].tokens <= 64);
  assert.equal(await page.getByLabel('Answer B').textContent(), expected.answer);
  assert.match(status, new RegExp(`${expected.usage.images[0].tokens_full} visual tokens.*${expected.usage.images[0].tokens} visual tokens`, 's'));
});

test('the history gives question and settings back after a reload', async () => {
  const page = await openPlayground();
  await page.getByLabel('Question').fill('How many triangles are there?');
  await page.getByLabel('Compare two settings').uncheck();
  await ask(page);
  await page.reload();
  await figuresShown(page);

  await page.getByRole('button', { name: 'Use again: How many triangles are there?' }).click();

  assert.equal(await page.getByLabel('Question').inputValue(), 'How many triangles are there?');
  assert.equal(await page.getByLabel('Compare two settings').isChecked(), false);
  await page.getByRole('button', { name: 'Forget all' }).click();
  assert.equal(await page.evaluate(() => localStorage.getItem('vlm.history')), '[]');
});

test('the copied command gives the same answer', async () => {
  const page = await openPlayground();
  await ask(page);
  const shown = await page.getByLabel('Answer B').textContent();

  await page.getByRole('button', { name: 'Copy as curl' }).last().click();

  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^curl -sN 'http.*\/chat'/);
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: process.env.VLM_PICTURES });
  assert.equal(JSON.parse(stdout.split('event: done\ndata: ')[1]).answer, shown);
});

test('a stopped answer leaves the page ready', async () => {
  const page = await openPlayground();
  await page.route('**/chat', (route) => new Promise((resolve) => { setTimeout(() => resolve(route.continue()), 2000); }));
  await page.getByRole('button', { name: 'Ask', exact: true }).click();

  await page.getByRole('button', { name: 'Stop' }).click();

  await page.waitForFunction(() => document.querySelector('#status').textContent === 'Stopped.');
  await page.unroute('**/chat');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await answered(page);
});
