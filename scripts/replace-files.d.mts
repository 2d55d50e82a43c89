export function replaceFiles(
  source: string,
  target: string,
  options?: { last?: string; keep?: string[] },
): Promise<void>;
