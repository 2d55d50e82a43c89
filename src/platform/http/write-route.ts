import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
export const DRY_RUN = 'convene:dry-run';
export const IDEMPOTENT = 'convene:idempotent';

/** The value of `DRY_RUN` on a route that runs its dry runs itself and sends its usual response. */
export const OWN_DRY_RUN = 'own';

/**
 * Adds `?dry_run=true` to a write: the route runs, is checked and is rolled back. See dry-run/.
 * @param ownResponse the handler reads `request.isDryRun`, rolls back itself, and sends its usual response
 */
export const DryRun = ({ ownResponse = false } = {}): MethodDecorator =>
  applyDecorators(
    SetMetadata(DRY_RUN, ownResponse ? OWN_DRY_RUN : true),
    ApiQuery({
      name: 'dry_run',
      required: false,
      description: ownResponse
        ? 'Makes the call a preview: the same response, but nothing is stored.'
        : 'Makes the call a dry run: the same checks and the same problems, but nothing is stored and nobody is notified. The response is then a 200 with `Convene-Dry-Run: true` and another body: what the call would do (`would`, `changes`, `conflicts`, `notified`).',
      schema: { type: 'boolean' },
      example: true,
    }),
  );

/** Adds `Idempotency-Key` to a write: the route does its work once, however often the client sends the request. */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT, true),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'A new key for each request, such as a UUID. If you send a request again with the same key, the server does it only once and returns the same response.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
      example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
    }),
  );
