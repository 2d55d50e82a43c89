import type { LocalTime } from './local-time.js';

/** Every reason for which the engine rejects its input. A closed list: clients may switch on it. */
export type TimeErrorCode =
  | 'invalid_rule'
  | 'unknown_rule_part'
  | 'unsupported_frequency'
  | 'unsupported_calendar'
  | 'several_rules'
  | 'interval_out_of_range'
  | 'count_out_of_range'
  | 'count_with_until'
  | 'value_out_of_range'
  | 'part_not_allowed'
  | 'month_day_without_month'
  | 'invalid_time'
  | 'year_out_of_range'
  | 'unknown_time_zone'
  | 'invalid_duration'
  | 'occurrence_too_long'
  | 'too_many_times'
  | 'no_occurrence'
  | 'start_not_in_pattern'
  | 'not_an_occurrence'
  | 'not_joinable';

/**
 * The only error that the engine throws for invalid input.
 *
 * `pointer` is a JSON pointer (RFC 6901) relative to the input: `/by_day/1` in a pattern, `/rule/by_day/1` or `/start`
 * in a series, empty for the whole input (always for RRULE text). With `start_not_in_pattern`, `next` is the first
 * local time after the start that the rule matches.
 */
export class TimeError extends Error {
  override readonly name = 'TimeError';

  constructor(
    readonly code: TimeErrorCode,
    readonly pointer: string,
    message: string,
    readonly next?: LocalTime,
  ) {
    super(message);
  }

  /** Returns the same error for a container that has the invalid value at `prefix`. */
  under(prefix: string): TimeError {
    return new TimeError(this.code, prefix + this.pointer, this.message, this.next);
  }
}
