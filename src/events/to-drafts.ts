import { mapInParts } from '../platform/hooks/map-in-parts.js';
import type { Actor } from '../platform/http/actor.js';
import { type FieldError, invalidValues } from '../problems/problem.js';
import type { Resolution } from '../availability/conflict.js';
import { type ContentInput, draftContent } from '../content/draft.js';
import type { Draft } from './event-writer.js';

/** The event of a request. */
export interface EventInput {
  content: ContentInput;
  onConflict: Resolution;
  comment: string | null;
}

/** Drafts a new event from its input. @throws Problem validation_failed with every bad value */
export async function toDraft(actor: Actor, input: EventInput): Promise<Draft> {
  const { drafts, errors } = await toDrafts(actor, [{ input }]);
  if (errors.length > 0) throw invalidValues(errors);
  return drafts[0]!;
}

/** Drafts new events from their inputs. Returns the valid ones, and the errors of the others. */
export async function toDrafts(
  actor: Actor,
  inputs: { input: EventInput; pointer?: string }[],
): Promise<{ drafts: Draft[]; errors: FieldError[] }> {
  const errors: FieldError[] = [];
  const drafts = await mapInParts(inputs, ({ input, pointer }): Draft[] => {
    const draft = draftContent(input.content, null, actor.timeZone);
    if ('content' in draft) {
      return [{ content: draft.content, onConflict: input.onConflict, comment: input.comment, pointer }];
    }
    errors.push(...draft.errors.map((error) => ({ ...error, pointer: (pointer ?? '') + error.pointer })));
    return [];
  });
  return { drafts: drafts.flat(), errors };
}
