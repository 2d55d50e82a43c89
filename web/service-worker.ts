// Keeps the page and its files, so that it opens without a connection. It never answers for the API: what was read there
// is kept by the page, for the person who read it.

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Worker {
  addEventListener(name: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(name: 'fetch', listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

/** What the build made; vite.config.ts puts it here. */
const FILES = JSON.parse('__FILES__') as string[];
/** Another build, another cache. */
const CACHE = `convene ${FILES.join(' ')}`;
const worker = self as unknown as Worker;

worker.addEventListener('install', (event) => {
  const keep = async (): Promise<void> => {
    await (await caches.open(CACHE)).addAll(['/', ...FILES]);
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener('activate', (event) => {
  const clean = async (): Promise<void> => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== 'GET') return;
  if (pathname.startsWith('/web/')) event.respondWith(fromCache(request));
  else if (request.mode === 'navigate' && (pathname === '/' || pathname.startsWith('/calendar/')))
    event.respondWith(fromServer(request));
});

/** The names of files contain their content. */
const fromCache = async (request: Request): Promise<Response> => (await caches.match(request)) ?? fetch(request);

/** The page of the server, which names its newest files; without a server, the kept one. */
async function fromServer(request: Request): Promise<Response> {
  const kept = async (): Promise<Response | undefined> => (await caches.open(CACHE)).match('/');
  try {
    const response = await fetch(request);
    // A proxy answers in place of a server that is away.
    return response.status >= 502 ? ((await kept()) ?? response) : response;
  } catch (error) {
    const page = await kept();
    if (page) return page;
    throw error;
  }
}
