import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../platform/http/page.js';
import { userView, UserView } from '../users/user-view.js';
import type { Session } from '../auth/session.entity.js';
import type { Account } from './accounts.service.js';
import type { Figures } from './figures.service.js';

export class AccountView extends UserView {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the account was disabled; null for one that is not.',
    example: null,
  })
  disabled_at: string | null;

  @ApiProperty({ type: 'integer', description: 'How many sessions have not ended.', example: 2 })
  sessions: number;

  @ApiProperty({
    type: 'integer',
    description: 'How many app passwords of calendar applications there are.',
    example: 1,
  })
  app_passwords: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Last sign-in or refresh.',
    example: '2026-05-04T10:15:00.000Z',
  })
  last_used_at: string | null;
}

export class AccountsView extends PageView {
  @ApiProperty({ type: [AccountView] })
  items: AccountView[];
}

export class AccountDeviceView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d04' })
  id: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T10:15:00.000Z' })
  last_used_at: string;

  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7' })
  address: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'curl/8.5.0' })
  user_agent: string | null;
}

export class AccountDetailsView extends AccountView {
  @ApiProperty({ type: 'integer', description: 'How many events the person owns, without the trash.', example: 12 })
  events: number;

  @ApiProperty({ type: 'integer', description: 'How many of their events are in the trash.', example: 1 })
  trash: number;

  @ApiProperty({ type: [AccountDeviceView], description: 'The sessions that have not ended, last used first.' })
  devices: AccountDeviceView[];
}

export class SignedOutView {
  @ApiProperty({ type: 'integer', description: 'How many sessions ended.', example: 2 })
  sessions: number;

  @ApiProperty({ type: 'integer', description: 'How many app passwords of calendar applications ended.', example: 1 })
  app_passwords: number;
}

class UserFiguresView {
  @ApiProperty({
    type: 'integer',
    description: 'Accounts that are not erased. Of more than 20,000, an estimate.',
    example: 120,
  })
  total: number;

  @ApiProperty({ type: 'integer', example: 2 })
  admins: number;

  @ApiProperty({ type: 'integer', example: 1 })
  disabled: number;

  @ApiProperty({ type: 'integer', example: 4 })
  erased: number;
}

class StoredTableView {
  @ApiProperty({ example: 'event_versions' })
  name: string;

  @ApiProperty({ type: 'integer', description: 'An estimate.', example: 41_000 })
  rows: number;

  @ApiProperty({ type: 'integer', description: 'With indexes.', example: 21_000_000 })
  bytes: number;
}

export class FiguresView {
  @ApiProperty({ type: UserFiguresView })
  users: UserFiguresView;

  @ApiProperty({ type: 'integer', description: 'Events, those in the trash included. An estimate.', example: 9_000 })
  events: number;

  @ApiProperty({ type: 'integer', description: 'Events in the trash.', example: 35 })
  trash: number;

  @ApiProperty({ type: 'integer', description: 'An estimate.', example: 41_000 })
  versions: number;

  @ApiProperty({ type: 'integer', description: 'Items of all streams. An estimate.', example: 64_000 })
  stream_items: number;

  @ApiProperty({ type: 'integer', description: 'People who have a stream. An estimate.', example: 118 })
  streams: number;

  @ApiProperty({ type: 'integer', description: 'An estimate.', example: 98_000 })
  audit_entries: number;

  @ApiProperty({ type: 'integer', description: 'Live connections of the server that responds.', example: 17 })
  connections: number;

  @ApiProperty({
    type: 'integer',
    description: 'People connected to that server whose newest items are on the way to them.',
    example: 0,
  })
  waiting_recipients: number;

  @ApiProperty({ type: 'integer', description: 'Mails that wait to be sent.', example: 0 })
  waiting_mails: number;

  @ApiProperty({ type: 'integer', description: 'Size of the database.', example: 180_000_000 })
  database_bytes: number;

  @ApiProperty({ type: [StoredTableView], description: 'The tables, largest first.' })
  tables: StoredTableView[];
}

export const toAccountView = (account: Account): AccountView => ({
  ...userView(account),
  disabled_at: account.disabledAt?.toISOString() ?? null,
  sessions: account.sessions,
  app_passwords: account.appPasswords,
  last_used_at: account.lastUsedAt?.toISOString() ?? null,
});

export const toAccountDetailsView = (
  account: Account & { events: number; trash: number; devices: Session[] },
): AccountDetailsView => ({
  ...toAccountView(account),
  events: account.events,
  trash: account.trash,
  devices: account.devices.map(({ id, createdAt, lastUsedAt, address, userAgent }) => ({
    id,
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt.toISOString(),
    address,
    user_agent: userAgent,
  })),
});

export const toFiguresView = ({
  streamItems,
  auditEntries,
  databaseBytes,
  waitingRecipients,
  waitingMails,
  ...figures
}: Figures): FiguresView => ({
  ...figures,
  stream_items: streamItems,
  audit_entries: auditEntries,
  waiting_recipients: waitingRecipients,
  waiting_mails: waitingMails,
  database_bytes: databaseBytes,
});
