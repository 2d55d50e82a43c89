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
    summary: 'Look a person up for sharing',
    description: 'Exact name or exact e-mail, in any case. Nobody can be listed or guessed by parts of a name.',
  })
  @ApiOkResponse({ type: PeopleView, description: 'That person, or an empty list' })
  @ApiProblems('validation_failed')
  async find(@Query() query: FindUsersQuery): Promise<PeopleView> {
    if ((query.username === undefined) === (query.email === undefined)) {
      throw invalid({ pointer: '/query/username', code: 'required', message: 'Give `username` or `email`.' });
    }
    const user = await this.users.findByName(query);
    return { items: user ? [personView(user)] : [] };
  }
}
