import * as ws from 'ws';
import { describe, expect, it } from 'vitest';
import { toNotificationView } from '../notifications/notification-view.js';
import type { StreamItem } from '../notifications/stream-item.js';
import { ItemFrame, ItemFrames } from './item-frame.js';

const IDS = {
  ana: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1c01',
  ben: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1c02',
  item: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1c03',
};
const AT = new Date('2026-05-04T09:30:00.123Z');

const itemOf = (rest: Partial<StreamItem> = {}): StreamItem => ({
  ...{
    userId: IDS.ben,
    seq: 12,
    id: IDS.item,
    type: 'event_updated',
    eventId: 'event',
    eventTitle: 'Lunch',
    version: 2,
  },
  ...{ actorId: IDS.ana, actorName: 'Ana', changed: ['title'], members: null, summary: 'changed it', createdAt: AT },
  ...{ readAt: null, names: {}, visible: true, ...rest },
});

const TEXTS = [
  'Lunch',
  'Café 会議 🎉',
  '"quoted" \\ [1,2] {"a":1}',
  '\u2028\u2029\u0000\n\t',
  '\ud800 alone',
  '2["change",',
  '',
];

/** What differs between items that could be taken for the same. */
const DIFFERENCES: Partial<StreamItem>[] = [
  { eventTitle: 'Dinner' },
  { type: 'event_created' },
  { version: 3 },
  { eventId: 'other' },
  { actorName: 'Deleted user' },
  { actorId: IDS.ben },
  { summary: null },
  { changed: ['title', 'location'] },
  { changed: ['location'] },
  { createdAt: new Date(AT.getTime() + 1) },
  { readAt: AT },
  {
    members: { named: [{ userId: IDS.ben, from: null, to: 'viewer' }], total: 1 },
    summary: null,
    type: 'event_shared',
  },
];

describe('ItemFrames', () => {
  it.each(TEXTS)('writes an item as JSON.stringify does: %j', (text) => {
    const item = itemOf({ eventTitle: text, summary: `changed the title to ${text}`, actorName: text });
    expect(new ItemFrames().of(item).json).toBe(JSON.stringify(toNotificationView(item)));
  });

  it('has the members of the item beside its text', () => {
    const item = itemOf({ eventTitle: 'Café' });
    const frame = new ItemFrames().of(item);
    expect(frame).toMatchObject(toNotificationView(item));
    expect(JSON.parse(frame.json)).toEqual(toNotificationView(item));
  });

  it('gives each recipient their own id and number', () => {
    const frames = new ItemFrames();
    const [mine, yours] = [itemOf(), itemOf({ userId: IDS.item, id: IDS.ben, seq: 4_000_000_001 })];
    expect([mine, yours].map((item) => frames.of(item).json)).toEqual(
      [mine, yours].map((item) => JSON.stringify(toNotificationView(item))),
    );
  });

  it.each(DIFFERENCES)('does not take items for the same that differ: %j', (difference) => {
    const frames = new ItemFrames();
    const items = [itemOf(), itemOf(difference), itemOf()];
    expect(items.map((item) => frames.of(item).json)).toEqual(
      items.map((item) => JSON.stringify(toNotificationView(item))),
    );
  });

  it('addresses each recipient of a change of members', () => {
    const frames = new ItemFrames();
    const members = { named: [{ userId: IDS.ben, from: null, to: 'viewer' as const }], total: 1 };
    const shared = { type: 'event_shared' as const, members, summary: null, names: { [IDS.ben]: 'Ben' } };
    const messages = [itemOf(shared), itemOf({ ...shared, userId: IDS.item })].map(
      (item) => (JSON.parse(frames.of(item).json) as { message: string }).message,
    );
    expect(messages).toEqual(['Ana shared “Lunch” with you as a viewer', 'Ana shared “Lunch” with Ben as a viewer']);
  });
});

/** The encoder of the WebSocket library, which its types leave out. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

describe('ItemFrame.toWebSocketFrame', () => {
  const OVERHEAD = new ItemFrames().of(itemOf({ eventTitle: '', summary: 'é' })).json.length;

  it.each([0, 1_000, 65_535 - OVERHEAD - 20, 65_535, 70_000])(
    'is what the library writes, with %i characters more',
    (more) => {
      const frame = new ItemFrames().of(itemOf({ eventTitle: '', summary: `é${'x'.repeat(more)}` }));
      const payload = Buffer.from(`42["change",${frame.json}]`);
      const options = { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false };
      const expected = Buffer.concat(Sender.frame(payload, options));
      expect(frame.toWebSocketFrame('42["change",', ']').equals(expected)).toBe(true);
    },
  );

  it.each([0, 1, 2, 3])('has the right header at the limits of a length: %i', (more) => {
    for (const limit of [125, 65_534]) {
      const head = '{"id":"i","seq":1,'.length;
      const json = 'é'.repeat(10) + 'x'.repeat(limit - head - 21 + more);
      const text = { json, bytes: Buffer.from(json) };
      const frame = new ItemFrame('i', 1, text as ConstructorParameters<typeof ItemFrame>[2]);
      const payload = Buffer.from(`${frame.json}]`);
      expect(payload).toHaveLength(limit + more);
      const options = { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false };
      const expected = Buffer.concat(Sender.frame(payload, options));
      expect(frame.toWebSocketFrame('', ']').equals(expected)).toBe(true);
    }
  });
});
