import type { TestApp } from './test-app.js';

/** Every address with its methods, such as `/api/events/:id` with GET and HEAD, whether the OpenAPI document has it or not. */
export function routesOf({ app }: TestApp): { path: string; methods: string[] }[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const parts: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent, part, methods] = /^(.*?)[├└]── (\S*) \((.+)\)$/.exec(line) ?? [];
    if (part === undefined) return [];
    const depth = indent!.length / 4;
    parts.splice(depth, Infinity, part);
    return [{ path: parts.join('').replaceAll('//', '/'), methods: methods!.split(', ') }];
  });
}
