import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import { NEVER_LIMITED } from '../openapi/common-steps.js';

/** For a route that is always answered, however much its caller has done. */
export const NeverLimited = (): MethodDecorator =>
  applyDecorators(RouteConfig({ userBudget: 'none' }), ApiExtension(NEVER_LIMITED, true));
