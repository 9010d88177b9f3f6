import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base, figuresShown, openPlayground, useBrowser } from '../browser.mjs';

useBrowser();
const catalogue = await (await fetch(`${base}/merge/methods`)).json();

/** Visual tokens of PiToMe's profile "paper" at a ratio. */
const tokens = (wanted) => catalogue.methods.find((m) => m.name === 'pitome').profiles.find((p) => p.name === 'paper')
  .tokens.find(({ ratio }) => ratio === wanted).tokens;

const pixels = (page, setting) => page.getByLabel(setting, { exact: true }).locator('canvas').evaluate((canvas) => canvas.toDataURL());

test('the overlay shows the merged patches of each setting', async () => {
  const page = await openPlayground();

  assert.notEqual(await pixels(page, 'Setting A'), await pixels(page, 'Setting B'));
  assert.match(await page.getByLabel('Setting B', { exact: true }).textContent(), new RegExp(`${tokens(0.9)} of ${catalogue.image_tokens} visual tokens`));
  assert.match(await page.getByLabel('Setting A', { exact: true }).textContent(), /Every patch keeps a token of its own/);
});

test('another ratio changes overlay and count', async () => {
  const page = await openPlayground();
  const before = await pixels(page, 'Setting B');

  await page.getByLabel('Ratio of tokens kept per layer').last().fill('0.8');
  await page.waitForFunction((count) => document.querySelectorAll('[data-part=tokens]')[1].textContent === String(count), tokens(0.8));
  await figuresShown(page);

  assert.notEqual(await pixels(page, 'Setting B'), before);
});

test('layer by layer patches come together', async () => {
  const page = await openPlayground();
  const layer = page.getByLabel('Setting B', { exact: true }).getByRole('slider', { name: 'After layer' });
  const counts = [];
  const last = Number(await layer.getAttribute('max'));
  for (let value = 0; value <= last; value++) {
    await layer.fill(String(value));
    counts.push(parseInt((await page.getByLabel('Setting B', { exact: true }).locator('[data-part=depth]').textContent()).split(': ')[1], 10));
  }

  assert.deepEqual([counts[0], counts[last]], [catalogue.image_tokens, tokens(0.9)]);
  assert.deepEqual(counts, counts.toSorted((a, b) => b - a));
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
