import type { Type } from '@nestjs/common';

/** Classes whose schemas the OpenAPI document refers to by name: no controller mentions them. Rooms add their own. */
export const EXTRA_MODELS = new Set<Type>();
