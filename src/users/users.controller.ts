import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../platform/http/access.js';
import { invalid } from '../problems/problem.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { personView } from './user-view.js';
import { FindUsersQuery, PeopleView } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Accounts')
@Controller('api/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'findUsers',
    summary: 'Look up a person to share with',
    description:
      'Matches the whole name in any case. Accounts cannot be listed or searched by part of a name. E-mail addresses are private: unless the server is set up with `USER_LOOKUP=email`, `email` finds nobody.',
  })
  @ApiOkResponse({ type: PeopleView, description: 'The person, or an empty list' })
  @ApiProblems('validation_failed')
  async find(@Query() query: FindUsersQuery): Promise<PeopleView> {
    if ((query.username === undefined) === (query.email === undefined)) {
      throw invalid({ pointer: '/query/username', code: 'required', message: 'Send either `username` or `email`.' });
    }
    const user = await this.users.lookUp(query);
    return { items: user ? [personView(user)] : [] };
  }
}
