import { listed } from '../time/format.js';

export const historyWords = {
  earlier: 'Earlier changes',
  from: 'From',
  to: 'To',
  current: 'current',
  shiftHint: 'Click compares with the version before; Shift and click with the chosen one',
  layout: 'Layout of the comparison',
  sideBySide: 'Side by side',
  inLine: 'In line',
  asOf: (version: number) => `Calendar as of v${version}`,
  version: (version: number): string => `Version ${version}`,
  nothingLost: (version: number): string => `Restoring adds version ${version}. Nothing is lost.`,
  undoOnly: (version: number): string => `Undo only version ${version}`,
  restore: (version: number): string => `Restore version ${version}`,
  restoreFields: (version: number): string => `Restore these from version ${version}`,
  restoreOnly: (name: string): string => `Restore only ${name.toLowerCase()}`,
  noDifference: 'The content of both versions is the same.',
  same: (names: string[]): string => (names.length === 0 ? '' : `${listed(names)} are the same in both.`),
  deleted: 'deleted',
  inserted: 'inserted',
  none: 'None',
  fields: {
    title: 'Title',
    when: 'When',
    repeats: 'Repeats',
    location: 'Location',
    link: 'Link',
    showAs: 'Show as',
    status: 'Status',
    description: 'Description',
    dates: 'Single dates',
  },
  dates: (removed: number, added: number, changed: number): string =>
    [removed && `${removed} removed`, added && `${added} added`, changed && `${changed} changed`]
      .filter(Boolean)
      .join(', ') || 'None',
  travel: {
    title: 'Calendar as of an earlier time',
    at: (when: string): string => `As of ${when}`,
    readOnly: 'Read-only',
    time: 'Time',
    earlier: 'Earlier change',
    later: 'Later change',
    back: 'Back to now',
  },
};
