/** True in `npm run stress`: the long form of a test that runs a small share of itself otherwise. */
export const IS_STRESS = process.env['STRESS'] === 'full';

/** The size of a test: its share within the whole suite, and all of it in `npm run stress`. */
export const stressed = <T>(share: T, full: T): T => (IS_STRESS ? full : share);
