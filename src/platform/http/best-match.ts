/** Returns the offered media type with the highest quality in `Accept`, the earlier one in a tie; null if none fits. */
export function bestMatch(accept: string, offered: string[]): string | null {
  const ranges = accept.split(',').map((part) => {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { range: range.trim(), quality: quality === undefined ? 1 : Number(quality) };
  });
  let best: { type: string; quality: number } | null = null;
  for (const type of offered) {
    const family = `${type.split('/')[0]}/*`;
    const range =
      ranges.find((candidate) => candidate.range === type) ??
      ranges.find((candidate) => candidate.range === family) ??
      ranges.find((candidate) => candidate.range === '*/*');
    if (range && range.quality > (best?.quality ?? 0)) best = { type, quality: range.quality };
  }
  return best?.type ?? null;
}
