import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, useBrowser } from '../browser.mjs';

useBrowser();

test('Swagger UI works under its policy and asks nobody else', async () => {
  const page = await openPage('/swagger/index.html');
  await page.locator('#operations-Models-list_models .opblock-summary-control').click();
  await page.getByRole('button', { name: 'Try it out' }).click();

  await page.getByRole('button', { name: 'Execute' }).click();
  await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();

  assert.deepEqual(page.noise, []);
});
