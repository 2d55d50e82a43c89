import type { Client } from 'undici';
import { answerOf } from '../load.js';
import { median, quantile, sum } from '../statistics.js';
import type { MeasuredCall } from './measured-calls.js';
import type { Subject } from './subject.js';

/** Milliseconds of one call on one database. */
export interface Latency {
  median: number;
  p99: number;
}

/** A person, and the connection over which they call one server. */
export interface Caller {
  client: Client;
  subject: Subject;
}

const PER_TURN = 10;
const WARM_UP = 3;
/** Slow calls are measured less often: until this time is spent, and at least a few times. */
const BUDGET_MS = 15_000;
const MIN_CALLS = 5;

/** The servers take turns, so that each figure was measured beside the others, on the same machine. */
export async function measure(call: MeasuredCall, callers: Caller[], calls: number): Promise<Latency[]> {
  const times = callers.map((): number[] => []);
  const isSpent = (measured: number[]): boolean => sum(measured) > BUDGET_MS && measured.length >= MIN_CALLS;
  for (let done = 0; done < calls; done += PER_TURN) {
    for (const [index, caller] of callers.entries()) {
      const measured = times[index]!;
      for (let turn = 0; turn < WARM_UP && !isSpent(measured); turn += 1) await time(call, caller, done + turn);
      for (let turn = 0; turn < PER_TURN && !isSpent(measured); turn += 1) {
        measured.push(await time(call, caller, done + turn));
      }
    }
  }
  return times.map((measured) => ({ median: median(measured), p99: quantile(measured, 0.99) }));
}

async function time(call: MeasuredCall, { client, subject }: Caller, turn: number): Promise<number> {
  const { json, ...request } = call.request(subject, turn);
  const { token } = subject;
  const status = call.creates ? 201 : 200;
  const begin = performance.now();
  const answer = await answerOf(client, { ...request, token, status, ...(json ? { body: JSON.stringify(json) } : {}) });
  const milliseconds = performance.now() - begin;
  if (call.creates) {
    const { id } = JSON.parse(answer.toString()) as { id: string };
    await answerOf(client, { method: 'DELETE', path: `/api/events/${id}`, token, status: 204 });
  }
  return milliseconds;
}
