/** The people of the demo. Each plans in a zone of their own. */
export const PEOPLE = {
  ana: { email: 'ana@example.com', time_zone: 'Europe/Paris' },
  ben: { email: 'ben@example.com', time_zone: 'Europe/Berlin' },
  cleo: { email: 'cleo@example.com', time_zone: 'Europe/Lisbon' },
  priya: { email: 'priya@example.com', time_zone: 'Asia/Kolkata' },
  sam: { email: 'sam@example.com', time_zone: 'America/New_York' },
} as const;

export type Name = keyof typeof PEOPLE;
export const NAMES = Object.keys(PEOPLE) as Name[];

/** Everybody's password: the demo never runs in production. */
export const PASSWORD = 'sixty lively events';
