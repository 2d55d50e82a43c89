/**
 * Names of the IANA time zone database that stand alone, without a region. `Intl` also knows abbreviations such as
 * `BST` or `PST`, but as other places than most people mean (`BST` is Dhaka to it): those are refused.
 */
const NAMES_WITHOUT_REGION =
  'CET CST6CDT Cuba EET Egypt Eire EST EST5EDT GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich Hongkong HST Iceland Iran ' +
  'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT Navajo NZ NZ-CHAT Poland Portugal PRC PST8PDT ROC ROK ' +
  'Singapore Turkey UCT Universal UTC W-SU WET Zulu';

/** Words of zone names that are not simply capitalised: `US/East-Indiana`, `Australia/NSW`, `America/Knox_IN`. */
const UNUSUAL_WORDS = 'US UTC UCT GMT GMT0 ACT LHI NSW IN ComodRivadavia DeNoronha EasterIsland BajaNorte BajaSur';

const REGION_AND_PLACE = /^[a-z]+(?:\/[a-z0-9_+-]+){1,2}$/i;

/** Accepted by `Intl` for compatibility, but no names of the database. */
const NOT_IN_DATABASE = /^systemv\//i;

const usualSpelling = new Map(
  [...NAMES_WITHOUT_REGION.split(' '), ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]),
);
const unusualWord = new Map(UNUSUAL_WORDS.split(' ').map((word) => [word.toLowerCase(), word]));

/**
 * The name in the spelling of the IANA database, or null if `Intl` has no such zone. Only the case is ever changed: a
 * link such as `Asia/Kolkata` stays what its user wrote, while `Intl` itself would answer `Asia/Calcutta`. Offsets
 * (`+01:00`) and abbreviations (`BST`) are no zones.
 */
export function spellTimeZone(name: string): string | null {
  if (name.length > 64) return null;
  const known = usualSpelling.get(name.toLowerCase());
  if (known === undefined && (!REGION_AND_PLACE.test(name) || NOT_IN_DATABASE.test(name))) return null;
  const spelled = known ?? name.toLowerCase().replace(/[a-z][a-z0-9]*/g, capitalised);
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: spelled });
    return spelled;
  } catch {
    return null;
  }
}

function capitalised(word: string): string {
  return unusualWord.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1);
}
