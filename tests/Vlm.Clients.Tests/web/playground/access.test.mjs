import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, ask, figuresShown, openPage, openPlayground, useBrowser } from '../browser.mjs';

useBrowser();

/** Colours of every visible text that stand out less than WCAG AA asks for. */
const faint = (page) => page.evaluate(() => {
  const paper = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    paper.clearRect(0, 0, 1, 1);
    paper.fillStyle = colour;
    paper.fillRect(0, 0, 1, 1);
    return [...paper.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [r, g, b] = rgba(colour).map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return rgba(colour)[3] > 0 || !element.parentElement ? colour : ground(element.parentElement);
  };
  const texts = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest(':disabled, .unseen, .skip')
    && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim() !== ''));
  return texts.flatMap((element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const isLarge = parseFloat(getComputedStyle(element).fontSize) >= 24;
    return contrast >= (isLarge ? 3 : 4.5) ? [] : [`${element.textContent.trim()}: ${contrast.toFixed(2)}`];
  });
});

test('everything is done with the keyboard alone', async () => {
  const page = await openPlayground();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the question');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const order = [];
  for (let i = 0; i < 40 && order.at(-1) !== 'BUTTON Forget all'; i++) {
    order.push(await page.evaluate(() => {
      const { activeElement: e } = document;
      return `${e.tagName} ${e.labels?.[0]?.textContent.trim() || e.ariaLabel || e.textContent.trim()}`;
    }));
    await page.keyboard.press('Tab');
  }
  const at = (wanted) => order.findIndex((name) => name.includes(wanted));
  assert.ok(at('Ask') >= 0 && at('Ask') < at('Compare') && at('Compare') < at('Method') && at('Method') < at('After layer'), order.join('\n'));

  await page.getByLabel('Question').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('How many objects are there?');
  await page.keyboard.press('Control+Enter');

  assert.match(await answered(page), /^Answer A: \d+ visual tokens, first token after .* Answer B: /);
});

test('every control has a name, headings descend, the answer is announced', async () => {
  const page = await openPlayground();
  await ask(page);

  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select, textarea, canvas')]
    .filter((e) => e.checkVisibility() && !(e.labels?.length > 0 || e.ariaLabel || e.textContent.trim() || e.querySelector('img[alt]:not([alt=""])')))
    .map((e) => e.outerHTML));
  assert.deepEqual(nameless, []);
  const levels = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1])));
  assert.equal(levels[0], 1);
  assert.ok(levels.every((level, i) => i === 0 || level - levels[i - 1] <= 1), `${levels}`);
  assert.equal(await page.getByLabel('Answer A').getAttribute('aria-live'), 'polite');
  assert.equal(await page.locator('#status').getAttribute('role'), 'status');
  assert.equal(await page.locator('#problem').getAttribute('role'), 'alert');
});

test('text stands out in light and in dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await openPage();
    await page.emulateMedia({ colorScheme });
    await page.reload();
    await figuresShown(page);
    await ask(page);
    assert.deepEqual(await faint(page), [], colorScheme);
  }
});

test('dark mode follows the system until someone chooses', async () => {
  const page = await openPlayground();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  assert.notEqual(light, dark);

  await page.getByRole('button', { name: 'Dark mode' }).click();
  assert.equal(await ground(), light);
  await page.reload();

  assert.equal(await ground(), light);
  assert.equal(await page.getByRole('button', { name: 'Dark mode' }).getAttribute('aria-pressed'), 'false');
  await page.evaluate(() => localStorage.removeItem('vlm.theme'));
});

test('a phone of 360 pixels needs no scrolling sideways', async () => {
  const page = await openPlayground({ width: 360, height: 780 });
  await ask(page);

  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
});
