import type { Type } from '@nestjs/common';

/** Classes whose schemas the OpenAPI document contains although no controller refers to them. Rooms add their own. */
export const EXTRA_MODELS = new Set<Type>();
