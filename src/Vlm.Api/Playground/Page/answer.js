// An answer as it arrives, and what it cost.

const time = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

/** Shows one answer. */
export class Answer {
  #part;

  /** The response object of POST /chat, once complete. */
  result;

  /** @param part Finds an element of the panel by its name. */
  constructor(part) {
    this.#part = part;
  }

  /** Empties the place and waits; busy, so that it is read out once and whole. */
  begin() {
    this.result = undefined;
    this.#part('facts').replaceChildren();
    this.#part('answer').textContent = '';
    this.#part('answer').ariaBusy = 'true';
  }

  /** Brings the place into view, as on a phone where settings stand below the question. */
  reveal() {
    this.#part('answer').scrollIntoView({ block: 'nearest' });
  }

  /** Adds a piece. */
  append(text) {
    this.#part('answer').append(text);
  }

  /** No more pieces will come, for whatever reason. */
  end() {
    this.#part('answer').ariaBusy = 'false';
  }

  /**
   * Shows the counts and times of a complete answer.
   * @param other Result to compare with; undefined for none.
   */
  finish(result, other) {
    this.result = result;
    const { usage, timings } = result;
    this.#part('facts').replaceChildren(
      ...fact('Prompt', `${usage.prompt_tokens} tokens`, usage.cached_tokens > 0 && `${usage.cached_tokens} cached`),
      ...fact('First token', time(timings.time_to_first_token_ms), faster(result, other)),
      ...fact('Picture', time(timings.image_ms + timings.encode_ms), usage.images.some((i) => i.cached) && 'cached'),
      ...fact('Prefill', time(timings.prefill_ms)),
      ...fact('Total', time(timings.total_ms), result.finish_reason !== 'stop' && result.finish_reason));
  }

  /** What the answer cost in words, for the status line. */
  describe(name) {
    const { usage, timings } = this.result;
    const tokens = usage.images.length > 0 ? `${usage.images[0].tokens} visual tokens, ` : '';
    return `Answer ${name}: ${tokens}first token after ${time(timings.time_to_first_token_ms)}.`;
  }
}

/** Compares times to the first token where both encoded their picture. */
function faster(result, other) {
  if (!other || [result, other].some(({ usage }) => usage.images.some((image) => image.cached))) {
    return undefined;
  }
  const times = other.timings.time_to_first_token_ms / result.timings.time_to_first_token_ms;
  return times >= 1.05 && `${times.toFixed(1)}× as fast as A`;
}

function fact(name, value, note) {
  const [term, words] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = name;
  words.textContent = value;
  if (note) {
    words.append(Object.assign(document.createElement('small'), { textContent: ` ${note}` }));
  }
  return [term, words];
}
