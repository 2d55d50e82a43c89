/**
 * The zones that the IANA database has renamed and whose old names browsers go on listing, because the names of CLDR never
 * change (Unicode TR 35, 5.1). The old name is on the left.
 */
const RENAMED: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** Returns the name that the zone has today. A browser that is older than the new name keeps the old one. */
export function currentZone(name: string): string {
  const renamed = Object.hasOwn(RENAMED, name) ? RENAMED[name]! : name;
  try {
    new Intl.DateTimeFormat('en', { timeZone: renamed });
    return renamed;
  } catch {
    return name;
  }
}

/** The zone of the browser. */
export const browserZone = (): string => currentZone(Intl.DateTimeFormat().resolvedOptions().timeZone);

let all: string[] | undefined;

/** Returns all zones by their current names, sorted, UTC among them, with one that is chosen already. */
export function zonesWith(chosen: string | null): string[] {
  all ??= [...new Set([...Intl.supportedValuesOf('timeZone').map(currentZone), 'UTC'])].sort();
  const name = chosen && currentZone(chosen);
  return !name || all.includes(name) ? all : [name, ...all];
}
