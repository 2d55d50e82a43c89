/** The titles of the events of an iCalendar file by their UID, to name them in the report. The server reads the file itself. */
export function titlesOf(file: string): Map<string, string> {
  const titles = new Map<string, string>();
  let [uid, title] = ['', ''];
  const open: string[] = [];
  for (const line of file.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([A-Za-z-]+)(?:"[^"]*"|[^":])*:(.*)$/.exec(line) ?? [];
    switch (name.toUpperCase()) {
      case 'BEGIN':
        open.push(value.toUpperCase());
        if (open.at(-1) === 'VEVENT') [uid, title] = ['', ''];
        break;
      case 'UID':
        if (open.at(-1) === 'VEVENT') uid = value;
        break;
      case 'SUMMARY':
        // An alarm in the event may have one of its own.
        if (open.at(-1) === 'VEVENT') title = toText(value);
        break;
      case 'END':
        // The first is the series; others are its single dates.
        if (open.pop() === 'VEVENT' && title && !titles.has(uid)) titles.set(uid, title);
        break;
    }
  }
  return titles;
}

const toText = (value: string): string =>
  value.replace(/\\(.)/g, (_, escaped: string) => (/n/i.test(escaped) ? ' ' : escaped));

/**
 * Tells warnings about something in an event or its zone from those about a whole component that is no event, such as a
 * task, which the server leaves out. Such a warning has the line where the component begins, and its name.
 */
export function aboutEvents(file: string): (warning: { line: number; property: string }) => boolean {
  const lines = file.split(/\r?\n/);
  return ({ line, property }) => lines[line - 1]?.trim().toUpperCase() !== `BEGIN:${property.toUpperCase()}`;
}
