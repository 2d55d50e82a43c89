/** The roles in ascending order: each role allows everything that the roles before it allow. */
export const ROLES = ['viewer', 'editor', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** The roles that sharing gives. Ownership is transferred. */
export const GIVEN_ROLES = ['viewer', 'editor'] as const satisfies Role[];
export type GivenRole = (typeof GIVEN_ROLES)[number];

/** The actions on an event, and the lowest role that allows each. Every check reads this table. */
export const ACTIONS = {
  /** Read the event, its history and its members. */
  read: 'viewer',
  /** Change the content, roll back. */
  edit: 'editor',
  /** Share, change roles, revoke access, transfer ownership. */
  share: 'owner',
  /** Delete and restore. */
  delete: 'owner',
} as const satisfies Record<string, Role>;

export type Action = keyof typeof ACTIONS;

/** Returns true when a role allows an action. */
export function can(role: Role, action: Action): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(ACTIONS[action]);
}

/** Returns the actions that a role allows, in the order of the table. */
export function listAllowedActions(role: Role): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => can(role, action));
}
