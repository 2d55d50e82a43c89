import { parseArgs } from 'node:util';

export interface Options {
  rounds: number;
  /** The duration of each measurement. */
  seconds: number;
  /** Names of the scenarios; null for all. */
  scenarios: string[] | null;
  /** Name of the scenario to profile; null for none. */
  profile: string | null;
  /** Whether to store the results in bench/results/. */
  save: boolean;
  /** Settings of Convene that differ from those of every run. */
  settings: Record<string, string>;
}

/** Reads the command line. @throws Error for an unknown flag or an invalid value */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      scenario: { type: 'string' },
      profile: { type: 'string' },
      save: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
    },
  });
  const profile = values.profile ?? null;
  return {
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    scenarios: profile === null ? (values.scenario?.split(',') ?? null) : [profile],
    profile,
    save: values.save,
    settings: Object.fromEntries(values.set.map(readSetting)),
  };
}

function readSetting(text: string): [string, string] {
  const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`--set must be NAME=VALUE, not ${text}.`);
  return [name, value];
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0.`);
  return value;
}
