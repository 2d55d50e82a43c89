import type { UpdateEventBody } from '../../sdk/index.js';

/** The fields of an event that a person changes. */
export type Change = UpdateEventBody;
