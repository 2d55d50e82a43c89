/** The name shown for every erased account. It contains a space, so nobody can register it. */
export const ERASED_NAME = 'Deleted user';
