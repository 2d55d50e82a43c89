/** What a user name may be, for every body that has one. */
export const USERNAME = {
  description:
    '3–80 letters, digits, `.`, `_` or `-`; unique without regard to case. Names such as `admin` and those that look like them are reserved.',
  pattern: /^[A-Za-z0-9._-]+$/,
  min: 3,
  max: 80,
  message: 'Only letters, digits, ".", "_" and "-".',
};

/** How long a password may be. */
export const PASSWORD = { min: 8, max: 128 };
