// A real Chromium that looks at the server's pages.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

/** Where the server is. */
export const base = process.env.VLM_URL;

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
let context;
let profile;

/** Starts one browser with a fresh profile for the tests of a file. */
export function useBrowser(options = {}) {
  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'vlm-chromium-'));
    const executablePath = process.env.VLM_CHROMIUM;
    assert.ok(existsSync(executablePath), `chromium: expected at ${executablePath}, found nothing`);
    context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: flags, ...options });
    context.setDefaultTimeout(60_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: base });
  });
  after(async () => {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  });
}

/** A fresh page; afterwards page.noise holds every console message that complains, and every request that left the origin. */
export async function openPage(path = '/', { url = base, ...viewport } = {}) {
  const page = await context.newPage();
  page.noise = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      page.noise.push(message.text());
    }
  });
  page.on('pageerror', (error) => page.noise.push(String(error)));
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (target.protocol.startsWith('http') && target.origin !== new URL(url).origin) {
      page.noise.push(`request to ${target.origin}`);
    }
  });
  if (viewport.width) {
    await page.setViewportSize(viewport);
  }
  await page.goto(url + path);
  return page;
}

/** The playground with its first picture shown under both settings. */
export async function openPlayground(options) {
  const page = await openPage('/', options);
  await figuresShown(page);
  return page;
}

/** Waits until every figure in use is up to date. */
export const figuresShown = (page) => page.waitForFunction(() => {
  const figures = [...document.querySelectorAll('.setting:not([hidden]) canvas')];
  return figures.length > 0 && figures.every((figure) => figure.ariaBusy === 'false');
});

/** Waits until the status line says how an answer went. */
export async function answered(page) {
  await page.waitForFunction(() => document.querySelector('#status').textContent.startsWith('Answer'));
  return page.locator('#status').textContent();
}

/** Asks by a click and waits for the end. */
export async function ask(page) {
  await page.locator('#status').evaluate((status) => { status.textContent = ''; });
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  return answered(page);
}
