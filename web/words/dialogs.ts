export const dialogWords = {
  whichDates: 'Change which dates?',
  deleteDates: 'Delete which dates?',
  followingGo: 'The series ends before',
  allGo: 'The whole series goes to the trash',
  delete: 'Delete',
  onlyThis: (day: string): string => `Only ${day}`,
  onlyThisHint: 'The other dates stay as they are',
  following: (day: string): string => `${day} and all later dates`,
  followingHint: 'Splits the series in two',
  all: 'All dates',
  allHint: 'Earlier and later ones too',

  transfer: 'Transfer ownership',
  transferTo: (name: string): string => `Transfer to ${name}`,
  transferLead: (name: string): string =>
    `${name} will own this event and it will occupy ${name}’s time. You become an editor.`,

  conflictTitle: (dates: number): string =>
    dates === 1 ? 'This overlaps with another event' : `${dates} dates overlap with other events`,
  already: (mine: string, other: string, days: string | null): string =>
    `“${mine}” would be at the same time as “${other}”${days ? ` on ${days}` : ''}`,
  busy: (mine: string): string => `The owner of “${mine}” is busy at that time`,
  moreDates: (count: number): string => ` and ${count} more ${count === 1 ? 'date' : 'dates'}`,
  choices: 'What to do',
  freeTimes: 'Free times',
  sameDay: 'Same day',
  stay: (time: string): string => `Or stay at ${time}`,
  stayOn: (days: string): string => `Or stay on ${days}`,
  saveAt: (time: string): string => `Save at ${time}`,
  saveOn: (day: string): string => `Save on ${day}`,
  later: (days: number): string => (days === 0 ? 'The same days' : days === 1 ? 'A day later' : `${days} days later`),
  freeOnAll: (days: number): string =>
    days === 0 ? 'Free on all dates' : `${dialogWords.later(days)}, free on all dates`,
  saveAll: (time: string | null, days: number): string =>
    [days === 0 ? 'Save' : `Save ${dialogWords.later(days).toLowerCase()}`, time ? `at ${time}` : ''].join(' ').trim(),
  busyTime: 'Busy',
  skip: (dates: number): string => (dates === 1 ? 'Skip that date' : `Skip those ${dates} dates`),
  skipHint: 'The other dates of the series are saved',
  keep: 'Keep it and double-book',
  keepHint: (dates: number): string =>
    dates === 1 ? 'Both events are at the same time' : `Double-booked on ${dates} dates`,

  clashTitle: (name: string | null): string => `${name ?? 'Somebody'} changed this event while you were editing`,
  clashLead: (fields: number): string =>
    fields === 1
      ? 'One field was changed by both of you. Choose what to keep.'
      : `${fields} fields were changed by both of you. Choose what to keep.`,
  was: (value: string): string => `Was ${value}`,
  keepMine: 'Keep mine',
  takeTheirs: (name: string | null): string => (name ? `Take ${name}’s` : 'Take theirs'),
  editMine: 'Edit',
  discardMine: 'Discard mine',
  merged: 'What else you changed is merged: it is saved either way.',
  nothing: 'nothing',
};
