// The controls of one setting: method, profile, and how far to compress.

/** Reads and shows what to merge; tells of changes. */
export class Setting extends EventTarget {
  #part;
  #catalogue;
  #amounts = { ratio: 0.9, budget: 0 };

  /**
   * @param part Finds an element of the panel by its name.
   * @param group Name of the panel's radio buttons.
   * @param catalogue Answer of GET /merge/methods.
   * @param start The merging to begin with.
   */
  constructor(part, group, catalogue, start) {
    super();
    this.#part = part;
    this.#catalogue = catalogue;
    part('method').append(...catalogue.methods.map((m) => new Option(m.name, m.name)));
    this.#radios.forEach((radio) => { radio.name = group; });
    part('method').addEventListener('change', () => this.#chooseMethod());
    part('profile').addEventListener('change', () => this.#chooseProfile());
    part('order').addEventListener('change', () => this.#slide());
    part('amount').addEventListener('change', (e) => { if (e.target.type === 'radio') { this.#chooseUnit(); } });
    part('slider').addEventListener('input', () => this.#slide());
    this.merge = start;
  }

  /** Field merge of a request. */
  get merge() {
    const method = this.#part('method').value;
    if (method === 'none') {
      return 'none';
    }
    const amount = this.#unit === 'ratio' ? { ratio: this.#amounts.ratio } : { image_tokens: this.#amounts.budget };
    const order = this.#part('order').disabled || this.#part('order').value === 'merged' ? {} : { order: 'raster' };
    return { method, profile: this.#part('profile').value, ...amount, ...order };
  }

  set merge(merge) {
    const { method, profile, ratio, image_tokens: budget, order } = merge === 'none' ? { method: 'none' } : merge;
    this.#part('method').value = this.#catalogue.methods.some((m) => m.name === method) ? method : 'none';
    this.#fillProfiles();
    this.#part('profile').value = profile ?? this.#part('profile').value;
    this.#part('order').value = order ?? (method === 'none' ? 'raster' : 'merged');
    this.#amounts.ratio = ratio ?? this.#amounts.ratio;
    this.#amounts.budget = budget ?? this.#catalogue.image_tokens / 4;
    this.#radios.forEach((radio) => { radio.checked = radio.value === (budget ? 'budget' : 'ratio'); });
    this.#chooseProfile();
  }

  /** The setting in words. */
  get label() {
    const { merge } = this;
    return merge === 'none' ? 'no merging'
      : `${merge.method}/${merge.profile} ${merge.ratio ?? `${merge.image_tokens} tokens`}${merge.order ? `, ${merge.order}` : ''}`;
  }

  get #radios() {
    return [...this.#part('amount').querySelectorAll('[type=radio]')];
  }

  get #unit() {
    return this.#radios.find((radio) => radio.checked).value;
  }

  get #method() {
    return this.#catalogue.methods.find((m) => m.name === this.#part('method').value);
  }

  get #profile() {
    return this.#method.profiles.find((p) => p.name === this.#part('profile').value);
  }

  #chooseMethod() {
    this.#fillProfiles();
    this.#chooseProfile();
  }

  #fillProfiles() {
    const { profiles } = this.#method;
    const options = profiles.length === 0 ? [new Option('–', '')] : profiles.map((p) => new Option(p.name, p.name));
    this.#part('profile').replaceChildren(...options);
    this.#part('profile').disabled = profiles.length < 2;
    this.#part('amount').disabled = profiles.length === 0;
  }

  #chooseProfile() {
    this.#part('order').disabled = !this.#profile?.options.includes('order');
    this.#part('description').textContent = this.#method.description;
    this.#chooseUnit();
  }

  #chooseUnit() {
    const isRatio = this.#unit === 'ratio';
    const fewest = Math.min(...(this.#profile?.tokens.map((t) => t.tokens) ?? [1]));
    const slider = this.#part('slider');
    const [min, max, step] = isRatio ? [0.5, 1, 0.005] : [fewest, this.#catalogue.image_tokens, 1];
    Object.assign(slider, { min, max, step });
    slider.value = this.#amounts[this.#unit];
    slider.setAttribute('aria-label', isRatio ? 'Ratio of tokens kept per layer' : 'Most visual tokens');
    this.#slide();
  }

  #slide() {
    this.#amounts[this.#unit] = Number(this.#part('slider').value);
    this.#part('value').textContent = this.merge === 'none' ? '' : this.#amounts[this.#unit];
    this.dispatchEvent(new Event('change'));
  }
}
