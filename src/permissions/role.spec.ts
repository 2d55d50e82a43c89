import { describe, expect, it } from 'vitest';
import { listAllowedActions, can } from './role.js';

describe('the role table', () => {
  it.each([
    ['viewer', ['read']],
    ['editor', ['read', 'edit']],
    ['owner', ['read', 'edit', 'share', 'delete']],
  ] as const)('lets a %s do %j and nothing else', (role, actions) => {
    expect(listAllowedActions(role)).toEqual(actions);
  });

  it('says no to what is not in the list', () => {
    expect(can('editor', 'share')).toBe(false);
    expect(can('viewer', 'edit')).toBe(false);
  });
});
