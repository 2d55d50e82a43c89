import type { Actor } from '../platform/http/actor.js';
import { type FieldError, invalid } from '../problems/problem.js';
import type { Resolution } from '../availability/conflict.js';
import { type ContentInput, draftContent } from '../content/draft.js';
import type { Draft } from './event-writer.js';

/** The event of a request. */
export interface EventInput {
  content: ContentInput;
  onConflict: Resolution;
  comment: string | null;
}

/** Drafts new events from their inputs. @throws Problem validation_failed with the errors of every input */
export function toDrafts(actor: Actor, inputs: { input: EventInput; pointer?: string }[]): Draft[] {
  const errors: FieldError[] = [];
  const drafts = inputs.flatMap(({ input, pointer }) => {
    const draft = draftContent(input.content, null, actor.timeZone);
    if ('content' in draft) {
      return [{ content: draft.content, onConflict: input.onConflict, comment: input.comment, pointer }];
    }
    errors.push(...draft.errors.map((error) => ({ ...error, pointer: (pointer ?? '') + error.pointer })));
    return [];
  });
  if (errors.length > 0) throw invalid(...errors);
  return drafts;
}
