/** For the guide: its search is a script of ours, and a form that leads back to it. */
export const GUIDE_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
  'img-src data:',
  "script-src 'self'",
  "style-src 'self'",
].join(';');

/** For references that run scripts of ours, send requests to this server, and style the page as they go. */
export const REFERENCE_POLICY = [
  "default-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self' 'unsafe-inline'",
].join(';');

/** Redoc searches in a worker that it makes itself. */
export const REDOC_POLICY = `${REFERENCE_POLICY};worker-src blob:`;

/** For pages whose script sends what a person entered to this server. */
export const FORM_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'img-src data:',
  "script-src 'self'",
  "style-src 'self'",
].join(';');
