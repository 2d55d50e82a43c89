/** What one server sends to the others. */
export interface Signal {
  /** Id of the server that sent it. */
  from: string;
  name: string;
  ids: string[];
}

// A notification of PostgreSQL has less than 8,000 bytes; 150 UUIDs with quotes and commas have 5,850.
const MAX_IDS_PER_TEXT = 150;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns the signal as texts, each short enough for every bus. */
export function writeSignal({ from, name, ids }: Signal): string[] {
  const texts: string[] = [];
  for (let start = 0; start < ids.length; start += MAX_IDS_PER_TEXT) {
    texts.push(JSON.stringify({ from, name, ids: ids.slice(start, start + MAX_IDS_PER_TEXT) }));
  }
  return texts;
}

/** Returns the signal that a text contains, null when it contains none: any client of the bus can write to it. */
export function readSignal(text: string): Signal | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { from, name, ids } = value as Partial<Record<keyof Signal, unknown>>;
  if (typeof from !== 'string' || typeof name !== 'string' || !Array.isArray(ids)) return null;
  if (!ids.every((id) => typeof id === 'string' && UUID.test(id))) return null;
  return { from, name, ids: ids as string[] };
}
