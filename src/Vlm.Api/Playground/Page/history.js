// What was asked, in this browser only.

const place = 'vlm.history';
const most = 20;

/** A list of entries { at, question, thumbnail, runs: [{ label, answer, tokens, seconds, setting }] }. */
export class History extends EventTarget {
  #list = document.querySelector('#history');
  #entries = JSON.parse(localStorage.getItem(place) ?? '[]');

  constructor() {
    super();
    document.querySelector('#forget').addEventListener('click', () => this.#keep([]));
    this.#show();
  }

  /** Adds an entry in front; the oldest beyond 20 go. */
  add(entry) {
    this.#keep([entry, ...this.#entries].slice(0, most));
  }

  #keep(entries) {
    this.#entries = entries;
    try {
      localStorage.setItem(place, JSON.stringify(entries));
    } catch {
      // full or forbidden: the list still lives on this page
    }
    this.#show();
  }

  #show() {
    this.#list.replaceChildren(...this.#entries.map((entry) => this.#item(entry)));
    this.#list.closest('section').hidden = this.#entries.length === 0;
  }

  #item(entry) {
    const text = make('div', {}, make('p', { className: 'asked', textContent: entry.question }), ...entry.runs.map(describe));
    const again = make('button', { type: 'button', className: 'plain', textContent: 'Use again' });
    again.setAttribute('aria-label', `Use again: ${entry.question}`);
    again.addEventListener('click', () => this.dispatchEvent(new CustomEvent('again', { detail: entry })));
    const picture = entry.thumbnail ? [make('img', { src: entry.thumbnail, alt: '' })] : [];
    return make('li', {}, ...picture, text, again);
  }
}

function describe({ label, answer, tokens, seconds }) {
  const facts = [label, tokens === undefined ? null : `${tokens} tokens`, `${seconds} s`].filter(Boolean).join(' · ');
  return make('p', {}, make('span', { textContent: answer || '(no words)' }), make('small', { className: 'quiet', textContent: facts }));
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
