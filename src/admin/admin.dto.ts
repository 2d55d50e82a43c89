import { ChoiceField, FlagQuery, TextField } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/page.js';

export class ListAccountsQuery extends PageQuery {
  @TextField({
    description: 'Part of the name or the e-mail address, in any case.',
    max: 254,
    optional: true,
    example: 'ana',
  })
  q?: string;

  @ChoiceField({
    description: 'Only accounts with this role.',
    values: ['user', 'admin'],
    name: 'UserRole',
    optional: true,
  })
  role?: 'user' | 'admin';

  @FlagQuery({ description: 'Only disabled accounts, or only those that are not.', example: true })
  disabled?: boolean;
}
