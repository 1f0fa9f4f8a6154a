import { matchers, type ServingMatchers } from 'cdk8s-serving/testing';
import { expect } from 'vitest';

declare module 'vitest' {
  interface Matchers<T> extends ServingMatchers<T> {}
}
expect.extend(matchers);
