/** A small mistake that somebody could make, and the tests that should notice it. */
export interface Fault {
  /** What is wrong, in words. */
  name: string;
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
  /** Test files to run; the fault is killed when one test fails. */
  tests: string[];
  /** Runs only tests whose full name contains this, to save time. */
  only?: string;
  /** Why it is acceptable that no test notices. */
  accepted?: string;
}
