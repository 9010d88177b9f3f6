import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

/** A question about pictures. */
export type ChatRequest = components['schemas']['ChatRequest'];

/** An answer with its counts and times. */
export type ChatResult = components['schemas']['ChatResult'];

/** What RFC 9457 says of an error. */
export type Problem = components['schemas']['Problem'];

/** A step of a streamed answer: a piece of text, or the whole answer at its end. */
export type ChatEvent = { event: 'token'; data: { text: string } } | { event: 'done'; data: ChatResult };

/** An answer that did not come. */
export class VlmError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

/** Where a server is, and the key it wants. */
export interface VlmOptions {
  baseUrl: string;
  apiKey?: string;
}

const headersOf = ({ apiKey }: VlmOptions): Record<string, string> => (apiKey ? { Authorization: `Bearer ${apiKey}` } : {});

/** Every route with the types of its bodies, by openapi-fetch: `client.POST('/chat', { body })`. */
export const createVlmClient = (options: VlmOptions): Client<paths> =>
  createClient<paths>({ baseUrl: options.baseUrl, headers: headersOf(options) });

/** Asks and waits for the whole answer; throws a VlmError on a problem. */
export async function chat(options: VlmOptions, request: ChatRequest, signal?: AbortSignal): Promise<ChatResult> {
  const body = { ...request, stream: false };
  const { data, error } = await createVlmClient(options).POST('/chat', { body, signal: signal ?? null });
  if (error) {
    throw new VlmError(error);
  }
  return data as ChatResult; // text only with stream
}

/** Asks and yields the answer as it comes; throws a VlmError on a problem, before or amid the answer. */
export async function* streamChat(options: VlmOptions, request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatEvent> {
  const response = await fetch(`${options.baseUrl}/chat`, {
    method: 'POST',
    headers: { ...headersOf(options), 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...request, stream: true }),
    signal: signal ?? null,
  });
  if (!response.ok || !response.body) {
    throw new VlmError(await response.json() as Problem);
  }

  for await (const { event, data } of frames(response.body)) {
    if (event === 'error') {
      throw new VlmError(JSON.parse(data) as Problem);
    }
    yield { event, data: JSON.parse(data) } as ChatEvent;
  }
}

async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    pending += decoder.decode(bytes, { stream: true });
    const whole = pending.split('\n\n');
    pending = whole.pop() ?? '';
    for (const frame of whole) {
      const [event = '', data = ''] = frame.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
      yield { event, data };
    }
  }
}
