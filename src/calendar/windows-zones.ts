import windowsIana from 'windows-iana';
import { isTimeZone } from '../time/time-zone.js';

/**
 * Returns the IANA name of a time zone of Windows, such as `W. Europe Standard Time`, by the table of Unicode CLDR; null
 * for another name. Exchange numbers a zone that it has twice: `GMT Standard Time 1`.
 */
export function fromWindowsZone(name: string): string | null {
  const [found] = windowsIana.findIana(name.replace(/ \d+$/, ''));
  return found !== undefined && isTimeZone(found) ? found : null;
}

/** The IANA names of the zones of Windows: those in which most people live. */
export const COMMON_ZONES: readonly string[] = [
  ...new Set(
    ['W. Europe Standard Time', 'GMT Standard Time', 'FLE Standard Time', 'GTB Standard Time', 'Romance Standard Time']
      .concat(['Eastern Standard Time', 'Central Standard Time', 'Mountain Standard Time', 'Pacific Standard Time'])
      .concat(['India Standard Time', 'China Standard Time', 'Tokyo Standard Time', 'AUS Eastern Standard Time'])
      .flatMap((name) => fromWindowsZone(name) ?? []),
  ),
];
