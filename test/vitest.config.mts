import { defineConfig } from 'vitest/config';

// One file, several suites: `unit` is npm test; `cluster` and `e2e` need ../shared; `slow` and `node` are what .ci/run calls besides.
const suites = {
  unit: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/cluster/**',
      'test/slow/**',
      'test/docs/**',
      'test/crash/full/**',
      'test/e2e/**',
      'test/node/**',
      'test/corpus/public/**',
    ],
    testTimeout: 30_000,
  },
  // Every request of every scenario, by every fault.
  crash: { include: ['test/crash/full/**/*.test.ts'], testTimeout: 5_400_000 },
  // Control planes mostly wait: two at a time.
  cluster: { include: ['test/cluster/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 2 },
  // The unit suite on other versions of Node.js.
  node: { include: ['test/node/*.test.ts'], testTimeout: 600_000 },
  // Pods that really run, under traffic.
  e2e: { include: ['test/e2e/*.test.ts'], testTimeout: 600_000, hookTimeout: 300_000, fileParallelism: false },
  // Real model servers on a real node.
  servers: { include: ['test/e2e/servers/*.test.ts'], testTimeout: 600_000, hookTimeout: 300_000 },
  // Five runs of it and one with helm, for docs/serving-under-traffic.md.
  traffic: { include: ['test/e2e/report/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 300_000 },
  // Manifests that others wrote.
  public: {
    include: ['test/corpus/public/**/*.test.ts', 'test/slow/manifests.test.ts'],
    testTimeout: 5_400_000,
    hookTimeout: 180_000,
  },
  slow: {
    include: ['test/slow/**/*.test.ts', 'test/docs/**/*.test.ts', 'test/corpus/public/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
};

const suite = (process.env.SUITE ?? 'unit') as keyof typeof suites;

// Polls are patient: how long something takes is for the benchmark to say.
export default defineConfig({
  test: { expect: { poll: { timeout: 15_000 } }, root: new URL('..', import.meta.url).pathname, ...suites[suite] },
});
