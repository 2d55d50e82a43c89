import { ApiProperty } from '@nestjs/swagger';
import { PASSWORD, USERNAME } from '../auth/auth.dto.js';
import {
  ChoiceField,
  EmailField,
  FlagQuery,
  PatternField,
  TextField,
  WholeNumberField,
} from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/page.js';

const ROLE = { values: ['user', 'admin'], name: 'UserRole', optional: true } as const;

export class ListAccountsQuery extends PageQuery {
  @TextField({
    description: 'Part of the name or the e-mail address, in any case.',
    max: 254,
    optional: true,
    example: 'ana',
  })
  q?: string;

  @ChoiceField({ ...ROLE, description: 'Only accounts with this role.' })
  role?: 'user' | 'admin';

  @FlagQuery({ description: 'Only disabled accounts, or only those that are not.', example: true })
  disabled?: boolean;
}

export class CreateAccountBody {
  @PatternField({ ...USERNAME, example: 'ben' })
  username: string;

  @EmailField({ description: 'The e-mail address of the person.', example: 'ben@example.com' })
  email: string;

  @TextField({
    description:
      'Judged like that of a registration. Without it, the person receives a link to set one; a server that sends no mails requires it.',
    ...PASSWORD,
    optional: true,
    example: 'correct horse 7',
  })
  password?: string;

  @TextField({
    description: 'The IANA time zone of the person; defaults to UTC.',
    max: 64,
    optional: true,
    example: 'Europe/Paris',
  })
  time_zone?: string;

  @ChoiceField({
    ...ROLE,
    description: 'Defaults to `user`. An administrator may have a name that is reserved for others.',
    example: 'user',
  })
  role?: 'user' | 'admin';
}

export class PurgeTrashBody {
  @WholeNumberField({
    description: 'How many days ago an event was deleted at least; defaults to `TRASH_DAYS`. 0 empties the trash.',
    min: 0,
    max: 36_500,
    optional: true,
    example: 30,
  })
  older_than_days?: number;
}

export class PurgedView {
  @ApiProperty({ type: 'integer', description: 'How many events were removed.', example: 12 })
  purged: number;

  @ApiProperty({ description: 'True when there are more. Send the request again.', example: false })
  has_more: boolean;
}

export class RedactBody {
  @TextField({
    description: 'Why the texts are replaced. Everybody who reads the version sees it.',
    min: 1,
    max: 1_000,
    example: 'Contained a phone number',
  })
  reason: string;
}

export class RedactedView {
  @ApiProperty({
    type: [Number],
    description: 'The other versions of the event that contain one of the replaced texts.',
    example: [3],
  })
  also_in: number[];
}
