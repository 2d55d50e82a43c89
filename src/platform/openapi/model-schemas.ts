import { type INestApplication, Module, type Type } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import { closeSchemas, type Schemas } from './schemas.js';

/** An empty module that limits the scan, so that it finds no routes. */
@Module({})
class NoModule {}

/** Returns the OpenAPI schemas of the classes and of every class that they refer to, by name. */
export function modelSchemas(app: INestApplication, models: Type[]): Schemas {
  const outline = { openapi: '3.1.0', info: { title: '', version: '' } };
  const { components } = SwaggerModule.createDocument(app, outline, { include: [NoModule], extraModels: models });
  return closeSchemas(components?.schemas ?? {});
}
