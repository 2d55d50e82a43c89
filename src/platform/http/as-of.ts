import { TextField } from './fields.js';
import { readQueryInstant } from './instant-text.js';
import { invalid } from '../../problems/problem.js';

/** A moment of the past to look at. */
export class AsOfQuery {
  @TextField({
    description:
      'The state at that moment, under your rights of today: an instant, wall time in your zone, or a date in your zone. Not in the future.',
    max: 40,
    optional: true,
    example: '2026-05-04T09:30:00Z',
  })
  as_of?: string;
}

/**
 * Null for the present.
 * @throws Problem validation_failed for what is no instant, or one that is yet to come
 */
export function readAsOf({ as_of: text }: AsOfQuery, timeZone: string): Date | null {
  if (text === undefined) return null;
  const pointer = '/query/as_of';
  const moment = readQueryInstant(text, timeZone);
  if (!(moment instanceof Date)) throw invalid({ ...moment, pointer });
  if (moment.getTime() > Date.now()) {
    throw invalid({ pointer, code: 'too_large', message: 'Must not be in the future.' });
  }
  return moment;
}
