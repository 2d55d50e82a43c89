import { describe, expect, it } from 'vitest';
import { shownPath } from './request-path.js';

const SECRET = 'kQ3vB2xY7mZ0pL5sT9wR1cD4fG6hJ8kN0aS2dF4gH6j';
const shown = (url: string, route?: string): string => shownPath({ url, routeOptions: { url: route } as never });

describe('shownPath', () => {
  it('returns the path without its query', () => {
    expect(shown('/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02?token=x', '/api/events/:id')).toBe(
      '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
    );
    expect(shown('?x')).toBe('/');
  });

  it('names the route when its path contains a secret', () => {
    expect(shown(`/feeds/${SECRET}.ics`, '/feeds/:secret.ics')).toBe('/feeds/:secret.ics');
    expect(shown('/feeds/short.ics', '/feeds/:secret.ics')).toBe('/feeds/:secret.ics');
  });

  it('hides what may be a secret in a path that no route serves', () => {
    expect(shown(`/feeds/${SECRET}`)).toBe('/feeds/…');
    expect(shown(`/%66eeds/%6b${SECRET.slice(1)}.ics/more`)).toBe('/%66eeds/….ics/more');
  });
});
