import { TextField } from './fields.js';
import { readQueryInstant } from './instant-text.js';
import { invalid } from '../../problems/problem.js';

/** The query of routes that can read the state as of an earlier time. */
export class AsOfQuery {
  @TextField({
    description:
      'Reads the state as of this time: an instant, or wall time or a date in your time zone. Must not be in the future. A state of the last moments may still receive a change that is being stored. Your current role decides what you may see.',
    max: 40,
    optional: true,
    example: '2026-05-04T09:30:00Z',
  })
  as_of?: string;
}

/**
 * Reads the time of a query; null means the present.
 * @throws Problem validation_failed if it isn't an instant or is in the future
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
