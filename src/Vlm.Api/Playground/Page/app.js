// The page: picture and question on one side, one or two settings on the other.

import { methods, Problem, useKey } from './api.js';
import { curl } from './curl.js';
import { History } from './history.js';
import { Panel } from './panel.js';
import { PictureBox, thumbnail } from './picture.js';
import { clearProblem, showProblem } from './problem.js';
import './theme.js';

const find = (id) => document.getElementById(id);
const picture = new PictureBox();
const history = new History();
let panels = [];
let running;

/** The panels in use: one, or two to compare. */
const shown = () => panels.filter((panel) => !panel.element.hidden);

const fields = () => ({
  prompt: find('question').value,
  max_tokens: find('max-tokens').value,
  temperature: find('temperature').value,
  seed: find('seed').value,
});

async function start() {
  try {
    const catalogue = await methods();
    find('key-form').hidden = true;
    find('model').textContent = `${catalogue.model} · ${catalogue.image_tokens} visual tokens per picture`;
    panels = [new Panel('A', catalogue, 'none'), new Panel('B', catalogue, { method: 'pitome', profile: 'paper', ratio: 0.9, order: 'raster' })];
    panels.forEach(listen);
    find('settings').replaceChildren(...panels.map((panel) => panel.element));
    compare();
    document.querySelector('#examples button').click();
  } catch (error) {
    fail(error);
  }
}

function listen(panel) {
  panel.addEventListener('fail', (e) => fail(e.detail));
  panel.addEventListener('curl', () => copy(panel));
}

/** Setting A, without merging, is there to compare with. */
function compare() {
  const isWanted = find('compare').checked;
  panels[0].element.hidden = !isWanted;
  panels[1].title = isWanted ? 'Setting B' : 'Setting';
  find('settings').classList.toggle('single', !isWanted);
  panels.forEach((panel) => panel.look(picture.current));
}

function fail(error) {
  if (error.name === 'AbortError') {
    say('Stopped.');
    return;
  }
  if (error instanceof Problem) {
    showProblem(error.details);
  } else {
    showProblem({ title: 'The page failed', detail: error.message });
  }
  if (error.details?.status === 401) {
    find('key-form').hidden = false;
    find('key').focus();
  }
}

/** One setting after the other, so that neither takes time from the other. */
async function ask() {
  clearProblem();
  running = new AbortController();
  setRunning(true);
  shown()[0].answer.reveal();
  try {
    for (const panel of shown()) {
      const other = panel === panels[1] && !panels[0].element.hidden ? panels[0].answer.result : undefined;
      await panel.ask(fields(), running.signal, other);
    }
    say(shown().map((panel) => panel.answer.describe(panel.name)).join(' '));
    remember();
  } catch (error) {
    fail(error);
  } finally {
    setRunning(false);
  }
}

function setRunning(isRunning) {
  find('submit').disabled = isRunning;
  find('stop').hidden = !isRunning;
}

function remember() {
  history.add({
    question: find('question').value,
    thumbnail: thumbnail(picture.current),
    runs: shown().map(({ name, setting, answer: { result } }) => ({
      label: setting.label,
      setting: { name, merge: setting.merge },
      answer: result.answer,
      tokens: result.usage.images[0]?.tokens,
      seconds: (result.timings.total_ms / 1000).toFixed(2),
    })),
  });
}

/** Question and settings of an earlier time; the picture is not kept. */
function again({ question, runs }) {
  find('question').value = question;
  find('compare').checked = runs.length > 1;
  compare();
  for (const { setting } of runs) {
    panels.find((panel) => panel.name === setting.name).setting.merge = setting.merge;
  }
  find('question').focus();
}

async function copy(panel) {
  const command = curl(location.origin, picture.current, { ...fields(), merge: panel.setting.merge });
  try {
    await navigator.clipboard.writeText(command);
    say(`Command of setting ${panel.name} copied.`);
  } catch {
    showProblem({ title: 'Copying is not allowed here', detail: command });
  }
}

function say(text) {
  find('status').textContent = text;
}

picture.addEventListener('change', () => {
  clearProblem();
  panels.forEach((panel) => panel.look(picture.current));
});
history.addEventListener('again', (e) => again(e.detail));
find('examples').addEventListener('click', (e) => {
  const example = e.target.closest('[data-picture]');
  if (example) {
    find('question').value = example.dataset.question;
    picture.takeExample(example.dataset.picture).catch(fail);
  }
});
find('ask').addEventListener('submit', (e) => { e.preventDefault(); ask(); });
find('question').addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !find('submit').disabled) {
    find('ask').requestSubmit();
  }
});
find('stop').addEventListener('click', () => running.abort());
find('compare').addEventListener('change', compare);
find('key-form').addEventListener('submit', (e) => {
  e.preventDefault();
  useKey(find('key').value);
  clearProblem();
  start();
});
start();
