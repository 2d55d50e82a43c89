import { Injectable } from '@nestjs/common';
import { counted } from '../problems/counted.js';
import { BusyTimeService } from '../availability/busy-time.service.js';
import type { Interval } from '../availability/occupancy.js';
import type { KnownPerson } from '../permissions/member.js';
import { Database, type Queryable } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { type FieldError, invalid } from '../problems/problem.js';
import { type Attendee, type BestTimes, bestTimes } from './best-times.js';
import { type Candidate, seriesCandidates, singleCandidates } from './candidates.js';
import { type FindTimeInput, MAX_PEOPLE, readQuestion, type TimeQuestion } from './find-time-question.js';
import { KnownPeopleService } from '../availability/known-people.service.js';
import { summaryOf } from './time-summary.js';
import { refuseTooMuchBusyTime } from '../availability/refuse-too-much-busy-time.js';
import { awayTime, distanceFromHours, USUAL_HOURS } from './working-hours.js';

export interface FoundTimes extends BestTimes {
  summary: string;
  recurring: boolean;
  people: Map<string, KnownPerson>;
}

@Injectable()
export class FindTimeService {
  constructor(
    private readonly database: Database,
    private readonly known: KnownPeopleService,
    private readonly busyTime: BusyTimeService,
  ) {}

  /** Finds the best times. @throws Problem validation_failed, also for people with whom the actor shares no event */
  async find(actor: Actor, input: FindTimeInput): Promise<FoundTimes> {
    const read = readQuestion(input, actor.timeZone, Date.now() / 1_000);
    // In one snapshot, so that people who stop sharing are not seen to do anything after that.
    const { question, invited, candidates, attendees } = await this.database.inSnapshot(async (queries) => {
      const found = await this.findPeople(queries, actor, input);
      const errors = [read, found].flatMap((part) => ('errors' in part ? part.errors : []));
      if ('errors' in read || 'errors' in found) throw invalid(...errors);
      const times = read.rule === null ? singleCandidates(read) : seriesCandidates(read, read.rule);
      const people = await this.attendees(queries, read, times, found);
      return { question: read, invited: found, candidates: times, attendees: people };
    });
    const best = bestTimes(attendees, candidates, question.buffer, question.limit);
    const recurring = question.rule !== null;
    const isOver = question.window.start >= question.window.end;
    const summary = summaryOf(best, question.zoneName, recurring, isOver);
    const people = new Map([...invited.required, ...invited.optional].map((person) => [person.id, person]));
    return { ...best, summary, recurring, people };
  }

  /** Returns the people to invite. The caller is always required, and so is a person in both lists. */
  private async findPeople(
    queries: Queryable,
    actor: Actor,
    input: FindTimeInput,
  ): Promise<Invited | { errors: FieldError[] }> {
    const { user_ids: required, optional_user_ids: optional = [] } = input;
    const found = await this.known.find(queries, actor, [
      { pointer: '/user_ids', ids: required },
      { pointer: '/optional_user_ids', ids: optional },
      { pointer: '', ids: [actor.userId] },
    ]);
    if ('errors' in found) return found;
    const [mustAttend = [], mayAttend = [], self = []] = found.people;
    const isIn = (people: KnownPerson[], { id }: KnownPerson): boolean => people.some((other) => other.id === id);
    const invited = {
      required: [...self, ...mustAttend.filter((person) => !isIn(self, person))],
      optional: mayAttend.filter((person) => !isIn(mustAttend, person) && !isIn(self, person)),
    };
    if (invited.required.length + invited.optional.length > MAX_PEOPLE + 1) {
      const message = `Send at most ${counted(MAX_PEOPLE, 'person', 'people')} in both lists together.`;
      return { errors: [{ pointer: '/optional_user_ids', code: 'too_many', message }] };
    }
    return invited;
  }

  private async attendees(
    queries: Queryable,
    { hours, hoursZone, buffer }: TimeQuestion,
    candidates: Candidate[],
    { required, optional }: Invited,
  ): Promise<Attendee[]> {
    const span = spanOf(candidates);
    const people = [...required, ...optional];
    const ids = people.map(({ id }) => id);
    const padded = { start: span.start - buffer, end: span.end + buffer };
    const busy = await refuseTooMuchBusyTime('/to', this.busyTime.list(queries, ids, padded));
    return people.map((person, index) => ({
      id: person.id,
      required: index < required.length,
      busy: busy.get(person.id)!,
      away: hours ? awayTime(hours, hoursZone ?? person.timeZone, span) : [],
      unusual: hours ? [] : awayTime(USUAL_HOURS, hoursZone ?? person.timeZone, span),
      distance: (time) => distanceFromHours(hours ?? USUAL_HOURS, hoursZone ?? person.timeZone, time),
    }));
  }
}

interface Invited {
  required: KnownPerson[];
  optional: KnownPerson[];
}

/** Returns the interval from the first start to the last end. */
function spanOf(candidates: Candidate[]): Interval {
  const [first] = candidates;
  if (!first) return { start: 0, end: 1 };
  let { start, end } = first[0]!;
  for (const candidate of candidates) {
    start = Math.min(start, candidate[0]!.start);
    end = Math.max(end, candidate.at(-1)!.end);
  }
  return { start, end };
}
