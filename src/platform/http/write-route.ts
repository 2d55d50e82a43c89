import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
export const DRY_RUN = 'convene:dry-run';
export const IDEMPOTENT = 'convene:idempotent';

/** With `?dry_run=true` the route does everything and keeps nothing: see dry-run/. */
export const DryRun = (): MethodDecorator =>
  applyDecorators(
    SetMetadata(DRY_RUN, true),
    ApiQuery({
      name: 'dry_run',
      required: false,
      description: 'Only tells what the call would do: the same checks and refusals, nothing stored, nobody told.',
      schema: { type: 'boolean', default: false, example: true },
    }),
  );

/** With an `Idempotency-Key` the route does its work once, however often the request is sent. */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT, true),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'A new name for each request that you mean, such as a UUID. Sent again with the same key, it is done once and answered the same.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
      example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
    }),
  );
