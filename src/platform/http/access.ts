import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiProblems } from '../openapi/api-problems.js';

/** The access that a route requires. Every route declares one; see `access-check.ts`. */
export const ACCESS = 'convene:access';
export type Access = 'public' | 'signed_in';

/** Anybody may call it. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, 'public' satisfies Access);

/** Any signed-in caller may call it. */
export const SignedIn = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ACCESS, 'signed_in' satisfies Access), ApiBearerAuth(), ApiProblems('unauthenticated'));
