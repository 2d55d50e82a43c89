/** Sends the changes of `live.ts` from a thread of its own, so that its clock is not held up by a thousand frames. */
import { parentPort } from 'node:worker_threads';

export interface Call {
  url: string;
  method: string;
  token: string;
  body: object;
  /** How often it is sent, one after the other; once when absent. */
  times?: number;
}

/** Milliseconds since 1970, with fractions. */
export interface Answered {
  sentAt: number;
  answeredAt: number;
  status: number;
  body: object;
}

const now = (): number => performance.timeOrigin + performance.now();

parentPort!.on('message', ({ url, method, token, body, times = 1 }: Call) => {
  void (async () => {
    const sentAt = now();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const send = (number: number): Promise<Response> =>
      fetch(url, {
        method,
        headers,
        body: JSON.stringify({ ...body, ...(number > 0 && { title: `Change ${number}` }) }),
      });
    for (let number = 1; number < times; number += 1) await (await send(number)).text();
    const response = await send(0);
    const answeredAt = now();
    const answer: Answered = { sentAt, answeredAt, status: response.status, body: (await response.json()) as object };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port to a thread, not a window
    parentPort!.postMessage(answer);
  })();
});
