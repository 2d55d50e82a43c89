import type { Fault } from './fault.js';

const TIMING = 'test/race/sign-in-timing.spec.ts';
const ADDRESSES = 'test/api/private-addresses.api.spec.ts';
const JUDGEMENTS = 'src/auth/judge-password.spec.ts';

export const FAULTS_OF_ACCOUNTS: Fault[] = [
  {
    name: 'an unknown name costs no hash',
    file: 'src/auth/passwords.ts',
    find: 'const candidate = isHash',
    replace: 'if (!isHash) return false; const candidate = isHash',
    tests: [TIMING],
  },
  {
    name: 'any number of hashes wait',
    file: 'src/auth/passwords.ts',
    find: 'this.limit.pendingCount >= this.maxWaiting',
    replace: 'this.limit.pendingCount >= Infinity',
    tests: ['src/auth/passwords.spec.ts'],
  },
  {
    name: 'a look-up finds people by their address',
    file: 'src/users/users.service.ts',
    find: "userLookup === 'email' ?",
    replace: "userLookup === 'username' ?",
    tests: [ADDRESSES],
  },
  {
    name: 'sharing reaches an account that only names the address',
    file: 'src/users/users.repository.ts',
    find: 'OR u.holds_email AND u.email',
    replace: 'OR u.email',
    tests: [ADDRESSES],
  },
  {
    name: 'an account that only names its address cannot sign in by it',
    file: 'src/users/users.service.ts',
    find: 'return [true, false].map(',
    replace: 'return [true].map(',
    tests: [ADDRESSES],
  },
  {
    name: 'the names of the account make a good password',
    file: 'src/auth/judge-password.ts',
    find: 'ownWords.flatMap(partsOf)',
    replace: 'ownWords.flatMap(() => [])',
    tests: [JUDGEMENTS],
  },
  {
    name: 'a symbol at the end makes a password good',
    file: 'src/auth/judge-password.ts',
    find: ': withoutFinalSymbol(text)',
    replace: ': text',
    tests: [JUDGEMENTS],
  },
  {
    name: 'a digit makes a reserved name free',
    file: 'src/auth/reserved-names.ts',
    find: "username.replace(FINAL_NUMBER, '')",
    replace: 'username',
    tests: ['src/auth/reserved-names.spec.ts'],
  },
];
