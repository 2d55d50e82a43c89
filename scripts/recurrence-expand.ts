import { createInterface } from 'node:readline';
import { expandJsonLine } from '../src/recurrence/expand-line.js';

const HELP = `npm run recurrence:expand < cases.jsonl

Expands recurrences from standard input, so that the engine can be compared with any other.

Reads one JSON object per line, with all times as iCalendar text:
  {"id": …, "dtstart": "20260601T100000", "tzid": "Europe/Paris" | null, "rrule": [], "rdate": [], "exdate": [],
   "n": the largest number of occurrences (default 10,000), "end": the last local time or instant, inclusive}
and writes one line for each:
  {"id": …, "out": ["20260601T080000Z", …]}   in UTC; in local time if tzid is null and dtstart isn't in UTC; as
                                             dates if dtstart is a date
  {"id": …, "error": "code: message"}

The start always counts as an occurrence, as in an imported calendar.
`;

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  process.stdout.write(HELP);
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') process.stdout.write(`${expandJsonLine(line)}\n`);
  }
}
