import { ApiProperty } from '@nestjs/swagger';
import { TextField } from '../platform/http/fields.js';
import { PersonView } from './user-view.js';

export class FindUsersQuery {
  @TextField({ description: 'The whole name, in any case.', max: 80, optional: true, example: 'ana' })
  username?: string;

  @TextField({
    description: 'The whole e-mail address, in any case, for servers with `USER_LOOKUP=email`.',
    max: 254,
    optional: true,
    example: 'ana@example.com',
  })
  email?: string;
}

export class PeopleView {
  @ApiProperty({ type: [PersonView] })
  items: PersonView[];
}
