/** The ladder: each role can do all that the roles before it can. */
export const ROLES = ['viewer', 'editor', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** What can be done with an event, and the lowest role that may. The one table that every check reads. */
export const ACTIONS = {
  /** Read the event, its history and who is on it. */
  read: 'viewer',
  /** Change its content, roll back. */
  edit: 'editor',
  /** Add people, change roles, remove people, hand over. */
  share: 'owner',
  /** Delete and restore. */
  delete: 'owner',
} as const satisfies Record<string, Role>;

export type Action = keyof typeof ACTIONS;

const rank = (role: Role): number => ROLES.indexOf(role);

export function can(role: Role, action: Action): boolean {
  return rank(role) >= rank(ACTIONS[action]);
}

/** Every action that the role allows, in the order of the table. */
export function abilities(role: Role): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => can(role, action));
}
