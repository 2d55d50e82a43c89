import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { ApiProblems } from '../openapi/api-problems.js';

/** The access that a route requires. Every route declares one; see `access-check.ts`. */
export const ACCESS = 'convene:access';
export type Access = 'public' | 'optional' | 'signed_in' | 'app_password' | 'admin';

/** Anybody may call it. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, 'public' satisfies Access);

/** Anybody may call it; `request.actor` is the caller if they sent a valid token. The handler judges what they may do, and documents its refusals. */
export const OptionallySignedIn = (): MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, 'optional' satisfies Access), ApiBearerAuth(), ApiSecurity({}));

/** The route also takes the access token as `?token=`, for clients that cannot send a header. */
export const TOKEN_IN_QUERY = 'convene:token-in-query';
export const TokenInQuery = (): MethodDecorator => SetMetadata(TOKEN_IN_QUERY, true);

/** Any signed-in caller may call it. */
export const SignedIn = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ACCESS, 'signed_in' satisfies Access), ApiBearerAuth(), ApiProblems('unauthenticated'));

/** Takes the app password of a calendar application, and no access token. Reads only. */
export const AppPasswordOnly = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, 'app_password' satisfies Access);

/** Only administrators may call it. */
export const AdminOnly = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(ACCESS, 'admin' satisfies Access),
    ApiBearerAuth(),
    ApiProblems('unauthenticated', 'admin_required'),
  );
