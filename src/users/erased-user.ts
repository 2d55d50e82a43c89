/** What everybody who was erased is called, wherever names are shown. Nobody can sign up with it: it has a space. */
export const ERASED_NAME = 'Deleted user';
