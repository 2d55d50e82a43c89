import { type INestApplication, Module, type Type } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import { closed, type Schemas } from './schemas.js';

/** No module of the application: the scan is narrowed to it, so that it finds no routes. */
@Module({})
class NoModule {}

/** The schemas of the classes and of whatever they refer to, by name, as they would stand in the OpenAPI document. */
export function modelSchemas(app: INestApplication, models: Type[]): Schemas {
  const outline = { openapi: '3.1.0', info: { title: '', version: '' } };
  const { components } = SwaggerModule.createDocument(app, outline, { include: [NoModule], extraModels: models });
  return closed(components?.schemas ?? {});
}
