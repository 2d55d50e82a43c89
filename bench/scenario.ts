import type { Target } from './target.js';

/** One request of a measurement. */
export interface BenchRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** Empty for a request without one. */
  token: string;
  body?: string;
  /** The status that the answer must have. */
  status: number;
  /** Receives the body of the answer, for a request that depends on the previous one. */
  read?: (body: string) => void;
}

/** Returns the next request of a person, 0 to 15. */
export type Requests = (person: number) => BenchRequest;

/** Something that 16 people do at the same time. */
export interface Scenario {
  /** As on the command line. */
  name: string;
  /** As in the table. */
  title: string;
  /** What the reference does less, beyond what its header says. */
  less?: string;
  /** Creates the people and events that the requests need. */
  prepare(target: Target): Promise<Requests>;
}

export const PEOPLE = 16;
