/**
 * Names of the IANA time zone database without a region. `Intl` also accepts abbreviations such as `BST` or `PST`, but
 * often for another place than most people mean (it reads `BST` as Dhaka), so these are rejected.
 */
const NAMES_WITHOUT_REGION =
  'CET CST6CDT Cuba EET Egypt Eire EST EST5EDT GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich Hongkong HST Iceland Iran ' +
  'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT Navajo NZ NZ-CHAT Poland Portugal PRC PST8PDT ROC ROK ' +
  'Singapore Turkey UCT Universal UTC W-SU WET Zulu';

/** Words of zone names with unusual capitals: `US/East-Indiana`, `Australia/NSW`, `America/Knox_IN`. */
const UNUSUAL_WORDS = 'US UTC UCT GMT GMT0 ACT LHI NSW IN ComodRivadavia DeNoronha EasterIsland BajaNorte BajaSur';

const REGION_AND_PLACE = /^[a-z]+(?:\/[a-z0-9_+-]+){1,2}$/i;

/** Names that `Intl` accepts for compatibility but that are not in the database. */
const NOT_IN_DATABASE = /^systemv\//i;

const usualSpelling = new Map(
  [...NAMES_WITHOUT_REGION.split(' '), ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]),
);
const unusualWord = new Map(UNUSUAL_WORDS.split(' ').map((word) => [word.toLowerCase(), word]));

/**
 * Returns the name in the spelling of the IANA database, or null if `Intl` has no such zone. Only the case changes: a
 * link such as `Asia/Kolkata` stays as the user wrote it, whereas `Intl` would return `Asia/Calcutta`. Offsets
 * (`+01:00`) and abbreviations (`BST`) are not zones.
 */
export function spellTimeZone(name: string): string | null {
  if (name.length > 64) return null;
  const known = usualSpelling.get(name.toLowerCase());
  if (known === undefined && (!REGION_AND_PLACE.test(name) || NOT_IN_DATABASE.test(name))) return null;
  const spelled = known ?? name.toLowerCase().replace(/[a-z][a-z0-9]*/g, capitalise);
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: spelled });
    return spelled;
  } catch {
    return null;
  }
}

function capitalise(word: string): string {
  return unusualWord.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1);
}
