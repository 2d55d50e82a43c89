import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { Refusal } from './call.js';

const secret = process.env['JWT_SECRET'] ?? '';
const key = createSecretKey(Buffer.from(secret));
/** The same header that Convene signs, so that both servers take the same tokens. */
const header = encode({
  alg: 'HS256',
  typ: 'at+jwt',
  kid: createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 12),
});

/** Returns the id of the person. @throws Refusal 401 */
export function verifyToken(authorization: string | undefined): string {
  const [head, claims, signature] = authorization?.slice('Bearer '.length).split('.') ?? [];
  if (head !== header || !claims || !signature) throw new Refusal(401);
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(`${head}.${claims}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Refusal(401);
  const { sub, exp, type } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  if (type !== 'access' || typeof sub !== 'string' || typeof exp !== 'number' || exp < Date.now() / 1_000) {
    throw new Refusal(401);
  }
  return sub;
}

/** Returns a token for a session, valid for 15 minutes. */
export function signToken(userId: string, sessionId: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { sid: sessionId, type: 'access', iat: now, exp: now + 900, aud: 'convene-api', iss: 'convene' };
  const signed = `${header}.${encode({ ...claims, sub: userId })}`;
  return `${signed}.${mac(signed).toString('base64url')}`;
}

function mac(text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
