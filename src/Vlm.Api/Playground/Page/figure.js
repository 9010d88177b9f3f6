// Token counts of a setting, and the picture as its tokens see it, layer by layer.

import { draw, tokenAt } from './overlay.js';

/** Shows an answer of POST /merge/preview over the picture. */
export class Figure {
  #part;
  #picture;
  #preview;

  /** @param part Finds an element of the panel by its name. */
  constructor(part) {
    this.#part = part;
    part('layer').addEventListener('input', () => this.#draw());
    part('overlay').addEventListener('pointermove', (e) => this.#point(e));
    part('overlay').addEventListener('pointerleave', () => this.#draw());
  }

  /** Marks the figure as out of date while another is on its way. */
  wait() {
    this.#part('overlay').ariaBusy = 'true';
  }

  /** Shows the last layer. */
  show(picture, preview) {
    [this.#picture, this.#preview] = [picture, preview];
    this.#part('tokens').textContent = preview.tokens;
    this.#part('of').textContent = `of ${preview.tokens_full} visual tokens`;
    this.#part('share').style.width = `${(100 * preview.tokens) / preview.tokens_full}%`;
    const layer = this.#part('layer');
    layer.max = preview.layers.length;
    layer.value = preview.layers.length;
    this.#part('overlay').ariaBusy = 'false';
    this.#draw();
  }

  /** Owner of every patch after the chosen layer; layer 0 is before the first. */
  get #owner() {
    const layer = Number(this.#part('layer').value);
    return layer === 0 ? [...Array(this.#preview.grid ** 2).keys()] : this.#preview.layers[layer - 1].owner;
  }

  #draw(lit) {
    if (!this.#preview) {
      return;
    }
    const layer = Number(this.#part('layer').value);
    const tokens = layer === 0 ? this.#preview.tokens_full : this.#preview.layers[layer - 1].tokens_after - 1;
    const owner = this.#owner;
    const isWhole = owner && new Set(owner).size === owner.length;
    draw(this.#part('overlay'), this.#picture.bitmap, this.#preview, isWhole ? undefined : owner, lit);
    this.#part('depth').textContent = `${layer}: ${tokens} tokens`;
    const words = describe(owner, lit);
    this.#part('caption').textContent = words;
    this.#part('overlay').ariaLabel = `Patches of ${this.#picture.name} after layer ${layer}. ${words}`;
  }

  #point({ offsetX, offsetY, target }) {
    if (this.#preview) {
      this.#draw(tokenAt(this.#owner, this.#preview.grid, offsetX / target.clientWidth, offsetY / target.clientHeight));
    }
  }
}

/** What a figure shows, in words. */
function describe(owner, lit) {
  if (!owner) {
    return 'Tokens are mixtures of all patches here; no patch has an owner.';
  }
  const sizes = Map.groupBy(owner.filter((token) => token >= 0), (token) => token);
  const patches = (count) => (count === 1 ? '1 patch' : `${count} patches`);
  if (lit >= 0) {
    return `This token stands for ${patches(sizes.get(lit).length)}.`;
  }
  const counts = [...sizes.values()].map((group) => group.length);
  const gone = owner.length - counts.reduce((sum, count) => sum + count, 0);
  const alone = counts.filter((count) => count === 1).length;
  return [
    alone === owner.length ? 'Every patch keeps a token of its own.'
      : `${patches(alone)} on their own; the largest token stands for ${patches(Math.max(...counts))}.`,
    gone > 0 ? `${patches(gone)} dropped.` : '',
  ].filter(Boolean).join(' ');
}
