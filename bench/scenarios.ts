import { OTHER } from './other-scenarios.js';
import { READING } from './reading-scenarios.js';
import type { Scenario } from './scenario.js';
import { WRITING } from './writing-scenarios.js';

const SCENARIOS = [...READING, ...WRITING, ...OTHER];

/** Returns the scenarios with these names, or all. @throws Error for an unknown name */
export function scenariosNamed(names: string[] | null): Scenario[] {
  const known = SCENARIOS.map(({ name }) => name);
  const unknown = names?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`No scenario ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  return SCENARIOS.filter(({ name }) => names?.includes(name) ?? true);
}
