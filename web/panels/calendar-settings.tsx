import { AppPasswords } from './app-passwords.js';
import { CalendarFeeds } from './calendar-feeds.js';
import { CalendarFiles } from './calendar-files.js';

/** How events get into other calendars, and out of them. */
export function CalendarSettings() {
  return (
    <>
      <CalendarFeeds />
      <AppPasswords />
      <CalendarFiles />
    </>
  );
}
