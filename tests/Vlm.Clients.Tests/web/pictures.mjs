// Takes the playground's pictures for the README: node pictures.mjs URL FOLDER; see scripts/make-playground-pictures.sh.

import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ask, figuresShown } from './browser.mjs';

const [url, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.VLM_CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
for (const [colorScheme, name] of [['light', 'playground.png'], ['dark', 'playground-dark.png']]) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  await figuresShown(page);
  await page.getByLabel('Question').fill('What is written on the board?');
  console.log(await ask(page));
  await page.screenshot({ path: join(folder, name) });
}
await browser.close();
