/** The file in the examples of the OpenAPI document. */
export const EXAMPLE_FILE = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Example//Calendar//EN',
  'BEGIN:VEVENT',
  'UID:budget-7@example.org',
  'DTSTAMP:20260501T080000Z',
  'DTSTART;TZID=Europe/Paris:20260601T100000',
  'DTEND;TZID=Europe/Paris:20260601T110000',
  'SUMMARY:Budget review',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');
