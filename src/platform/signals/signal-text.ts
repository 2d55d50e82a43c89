/** What one server tells the others. */
export interface Signal {
  /** The server that speaks. */
  from: string;
  name: string;
  ids: string[];
}

// PostgreSQL carries less than 8,000 bytes; 150 UUIDs with quotes and commas are 5,850.
const IDS_A_TEXT = 150;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The signal as texts, each short enough for every bus. */
export function writeSignal({ from, name, ids }: Signal): string[] {
  const texts: string[] = [];
  for (let start = 0; start < ids.length; start += IDS_A_TEXT) {
    texts.push(JSON.stringify({ from, name, ids: ids.slice(start, start + IDS_A_TEXT) }));
  }
  return texts;
}

/** The signal that a text holds, or null when it is none: anybody with access to the bus can write to it. */
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
