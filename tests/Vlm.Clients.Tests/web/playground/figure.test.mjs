import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresShown, openPlayground, useBrowser } from '../browser.mjs';

useBrowser();

const pixels = (page, setting) => page.getByLabel(setting, { exact: true }).locator('canvas').evaluate((canvas) => canvas.toDataURL());

test('the overlay shows the merged patches of each setting', async () => {
  const page = await openPlayground();

  assert.notEqual(await pixels(page, 'Setting A'), await pixels(page, 'Setting B'));
  assert.match(await page.getByLabel('Setting B', { exact: true }).textContent(), /83 of 256 visual tokens/);
  assert.match(await page.getByLabel('Setting A', { exact: true }).textContent(), /Every patch keeps a token of its own/);
});

test('another ratio changes overlay and count', async () => {
  const page = await openPlayground();
  const before = await pixels(page, 'Setting B');

  await page.getByLabel('Ratio of tokens kept per layer').last().fill('0.8');
  await page.waitForFunction(() => document.querySelectorAll('[data-part=tokens]')[1].textContent === '24');
  await figuresShown(page);

  assert.notEqual(await pixels(page, 'Setting B'), before);
});

test('layer by layer patches come together', async () => {
  const page = await openPlayground();
  const layer = page.getByLabel('Setting B', { exact: true }).getByRole('slider', { name: 'After layer' });
  const counts = [];
  for (const value of ['0', '1', '6', '11']) {
    await layer.fill(value);
    counts.push(await page.getByLabel('Setting B', { exact: true }).locator('[data-part=depth]').textContent());
  }

  assert.deepEqual(counts, ['0: 256 tokens', '1: 231 tokens', '6: 138 tokens', '11: 83 tokens']);
});

test('a token under the pointer tells how many patches it stands for', async () => {
  const page = await openPlayground();

  await page.getByLabel('Setting B', { exact: true }).locator('canvas').hover({ position: { x: 5, y: 5 } });

  assert.match(await page.getByLabel('Setting B', { exact: true }).locator('figcaption').textContent(), /^This token stands for \d+ patch/);
});

test('a method whose tokens are mixtures says so', async () => {
  const page = await openPlayground();

  await page.getByLabel('Method').last().selectOption('dct');
  await page.waitForFunction(() => /mixtures/.test(document.querySelectorAll('figcaption')[1].textContent));

  assert.deepEqual(page.noise, []);
});
