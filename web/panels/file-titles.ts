/** The titles of the events of an iCalendar file by their UID, to name them in the report. The server reads the file itself. */
export function titlesOf(file: string): Map<string, string> {
  const titles = new Map<string, string>();
  let [uid, title] = ['', ''];
  for (const line of file.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const [, name, value = ''] = /^([A-Za-z-]+)[^:]*:(.*)$/.exec(line) ?? [];
    switch (name?.toUpperCase()) {
      case 'BEGIN':
        if (value.toUpperCase() === 'VEVENT') [uid, title] = ['', ''];
        break;
      case 'UID':
        uid = value;
        break;
      case 'SUMMARY':
        title = value.replace(/\\(.)/g, (_, escaped: string) => (/n/i.test(escaped) ? ' ' : escaped));
        break;
      case 'END':
        // The first is the series; others are its single dates.
        if (value.toUpperCase() === 'VEVENT' && title && !titles.has(uid)) titles.set(uid, title);
        break;
    }
  }
  return titles;
}

/**
 * Tells warnings about something in an event or its zone from those about a whole component that is no event, such as a
 * task, which the server leaves out. Such a warning has the line where the component begins, and its name.
 */
export function aboutEvents(file: string): (warning: { line: number; property: string }) => boolean {
  const lines = file.split(/\r?\n/);
  return ({ line, property }) => lines[line - 1]?.trim().toUpperCase() !== `BEGIN:${property.toUpperCase()}`;
}
