// One setting with its figure and its answer.

import { ask, preview } from './api.js';
import { Answer } from './answer.js';
import { Figure } from './figure.js';
import { Setting } from './setting.js';

const pause = 200; // ms without a change before the server is asked

/** A panel of the page; dispatches 'curl' and 'fail' (detail: the error). */
export class Panel extends EventTarget {
  #figure;
  #look = new AbortController();
  #timer;

  /**
   * @param name A or B.
   * @param catalogue Answer of GET /merge/methods.
   * @param start The merging to begin with.
   */
  constructor(name, catalogue, start) {
    super();
    this.name = name;
    this.element = document.querySelector('#setting').content.cloneNode(true).firstElementChild;
    const part = (wanted) => this.element.querySelector(`[data-part=${wanted}]`);
    this.title = `Setting ${name}`;
    part('answer').ariaLabel = `Answer ${name}`;
    this.setting = new Setting(part, `unit-${name}`, catalogue, start);
    this.answer = new Answer(part);
    this.#figure = new Figure(part);
    this.setting.addEventListener('change', () => this.look());
    part('curl').addEventListener('click', () => this.dispatchEvent(new Event('curl')));
  }

  /** The heading. */
  set title(text) {
    this.element.querySelector('h2').textContent = text;
    this.element.ariaLabel = text;
  }

  /** Shows what the setting does to a picture, once the controls rest; without one, to the last. */
  look(picture = this.picture) {
    this.picture = picture;
    this.#look.abort();
    clearTimeout(this.#timer);
    if (picture && !this.element.hidden) {
      this.#figure.wait();
      this.#timer = setTimeout(() => this.#fetch(picture), pause);
    }
  }

  /**
   * Asks under this setting and shows the answer as it comes.
   * @param fields Fields of POST /chat beside picture and merging.
   * @param other Result to compare with; undefined for none.
   */
  async ask(fields, signal, other) {
    this.answer.begin();
    try {
      for await (const { event, data } of ask(this.picture, { ...fields, merge: this.setting.merge }, signal)) {
        if (event === 'token') {
          this.answer.append(data.text);
        } else {
          this.answer.finish(data, other);
        }
      }
    } finally {
      this.answer.end();
    }
  }

  async #fetch(picture) {
    const look = (this.#look = new AbortController());
    try {
      this.#figure.show(picture, await preview(picture, this.setting.merge, look.signal));
    } catch (error) {
      if (!look.signal.aborted) {
        this.dispatchEvent(new CustomEvent('fail', { detail: error }));
      }
    }
  }
}
