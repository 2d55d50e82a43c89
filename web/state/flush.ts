import { effect } from '@preact/signals';
import { type Event, Refusal } from '../api.js';
import { words } from '../words/en.js';
import { reload, reloadSoon } from './calendar.js';
import { asked } from './dialogs.js';
import { goOnIn, opened, openEvent, refreshOpened } from './opened.js';
import { moveForm } from './kept.js';
import { type Edit, rebase } from './offline-edit.js';
import { edits, forget, isLocal, keep, readEdits } from './outbox.js';
import { openPanel } from './panel.js';
import { reason } from './reason.js';
import { AsksLater, send, type Sent } from './send.js';
import { alone, onTabs } from './tab-channel.js';
import { showToast } from './toasts.js';

/** Nothing is wrong with the edit: it is sent again in a while. */
const PASSING = ['unreachable', 'unavailable', 'rate_limited', 'unauthenticated', 'request_running'];
const RETRY_MS = 5_000;

let userId = '';
let sending: Promise<void> | null = null;
let again = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends what waits, in order. Of the tabs of a person one sends at a time. */
export function flush(): Promise<void> {
  again = true;
  sending ??= run().finally(() => (sending = null));
  return sending;
}

async function run(): Promise<void> {
  while (again) {
    again = false;
    if (navigator.onLine && edits.value.length > 0) await alone(`convene.outbox.${userId}`, sendAll);
  }
}

export function flushSoon(ms = RETRY_MS): void {
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), ms);
}

const mayAsk = (): boolean => !document.hidden && asked.value === null;

async function sendAll(): Promise<void> {
  await readEdits();
  const sent: { edit: Edit; result: Sent }[] = [];
  const blocked = new Set<string>();
  for (let edit; (edit = nextEdit(blocked));) {
    try {
      const result = await send(edit, { mayAsk, decided: (changed) => keep({ ...changed, held: null }) });
      if (result.kind === 'left') {
        blocked.add(edit.subject.id);
        await keep({ ...edit, held: 'left' });
        continue;
      }
      sent.push({ edit, result });
      await settle(edit, result);
    } catch (error) {
      if (error instanceof AsksLater) {
        blocked.add(edit.subject.id);
        if (edit.held !== 'asks') await keep({ ...edit, held: 'asks' });
      } else if (!(error instanceof Refusal)) throw error;
      else if (PASSING.includes(error.code)) {
        flushSoon((error.retryAfter ?? 0) * 1_000 || RETRY_MS);
        break;
      } else {
        blocked.add(edit.subject.id);
        await keep({ ...edit, held: reason(error) });
        showToast({
          text: words.outbox.refused(edit.subject.title, reason(error)),
          action: { label: words.outbox.see, run: () => openPanel('outbox') },
        });
      }
    }
  }
  if (sent.length === 0) return;
  await Promise.all([reload(), refreshOpened()]);
  say(sent);
}

/** The oldest that can be sent: those of one event wait for each other. */
function nextEdit(blocked: Set<string>): Edit | undefined {
  return edits.value.find(({ subject, held }) => {
    if (blocked.has(subject.id)) return false;
    if (held === null || (held === 'asks' && mayAsk())) return true;
    blocked.add(subject.id);
    return false;
  });
}

/** Takes a sent edit out of the queue; later ones of the same event follow on what is stored now. */
async function settle(edit: Edit, result: Sent): Promise<void> {
  if (result.kind === 'saved') {
    const { id } = result.event;
    await carryOver(edit, result.event);
    // What was new is on the server now.
    if (isLocal(edit.subject.id)) {
      await follow(edit.subject.id, id);
      // Until then, what was saved in its form was kept as a change of what was new.
      await carryOver(edit, result.event);
    }
  }
  await forget(edit);
}

async function carryOver(edit: Edit, stored: Event): Promise<void> {
  const later = edits.value.filter(({ order, subject }) => order > edit.order && subject.id === edit.subject.id);
  const rebased = later.flatMap((each) => rebase(each, edit, stored));
  if (rebased.length > 0) await keep(...rebased);
}

/** What is shown and typed of a new event goes on as that of the one on the server. */
async function follow(from: string, id: string): Promise<void> {
  const shown = () => (opened.value?.id === from ? opened.value : null);
  const move = (): boolean => {
    moveForm(`${from}@`, `${id}@`);
    return Boolean(shown()?.editing);
  };
  if (shown()?.editing) await goOnIn(id, move);
  else move();
  const left = shown();
  if (left) openEvent(id, null, left.tab);
}

function say(sent: { edit: Edit; result: Sent }[]): void {
  const merged = sent.flatMap(({ result }) => (result.kind === 'saved' && result.merged ? [result.event.title] : []));
  showToast({ text: words.outbox.sent(sent.length, [...new Set(merged)]) });
}

/** Sends an edit again that waits for a decision. */
export async function retry(edit: Edit): Promise<void> {
  await keep({ ...edit, held: null });
  await flush();
}

/** Follows the queue of a person: sends it whenever that may work. */
export async function startFlushing(id: string): Promise<void> {
  userId = id;
  onTabs(({ kind }) => {
    if (kind !== 'outbox') return;
    // Another tab kept an edit, or sent one.
    void readEdits().then(reloadSoon);
    flushSoon(0);
  });
  addEventListener('online', () => void flush());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void flush();
  });
  // A decision that waited for another one.
  effect(() => {
    if (asked.value === null && edits.peek().some(({ held }) => held === 'asks')) flushSoon(0);
  });
  await readEdits(id);
  await flush();
}
