import { toError } from './errors.js';
import type { Http } from './http.js';
import type { Attempt, Frame } from './live-transport.js';

/** Reads Server-Sent Events with `fetch`, which can send the token in a header. */
export async function openSse(http: Http, attempt: Attempt): Promise<void> {
  const { after, token, signal } = attempt;
  const response = await http.fetch(`${http.baseUrl}/api/changes/stream`, {
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(after === null ? {} : { 'last-event-id': String(after) }),
    },
    cache: 'no-store',
    signal,
  });
  if (!response.ok) throw toError(response, await response.text());
  const reader = response.body!.getReader();
  try {
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      attempt.alive();
      rest += decoder.decode(value, { stream: true }).replaceAll('\r', '');
      const blocks = rest.split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const frame = toFrame(block);
        if (frame && !attempt.receive(frame)) return;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** `ready`, `pulse` and `withheld` are comments: browsers need only their id. */
function toFrame(block: string): Frame | null {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, name, value] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields[name || 'comment'] = value!;
  }
  const { event, data, id, comment = '' } = fields;
  if (event && data) return { name: event, data: JSON.parse(data) as never } as Frame;
  const [name, text] = comment.split(/ (.*)/s);
  if (name === 'ready') return { name, data: JSON.parse(text!) as Frame['data'] } as Frame;
  return name === 'pulse' || name === 'withheld' ? { name, data: { seq: Number(id) } } : null;
}
