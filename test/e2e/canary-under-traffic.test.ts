import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { score } from '../../apps/images/fraud-model';
import { trainedModels } from '../../apps/images/train';
import { apply, history } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course } from '../release/harness';
import { canaryFolder, canaryImages, modelOf, NAMESPACE, RELEASE } from './canary-stack';
import {
  type CanaryRecording,
  lost,
  recordCanaries,
  type Surroundings,
  stepsSeen,
  surroundings,
  versionOf,
} from './canary-traffic';
import { knownTransactions } from './images/known-transactions';
import { fixtureImage, type RealCluster, realCluster } from './real-node';

const NAME = { release: RELEASE, namespace: NAMESPACE };

describe.skipIf(!hasCluster)('canaries behind a gateway, measured by a real Prometheus, under constant requests', () => {
  let cluster: RealCluster;
  let around: Surroundings;
  let recording: CanaryRecording;
  beforeAll(async () => {
    cluster = await realCluster(() => [...canaryImages(), fixtureImage('client')]);
    around = await surroundings(cluster);
    const installed = await course(apply(cluster.engine, canaryFolder('v2.1.0')));
    expect(installed.message).toBe('');
    recording = await recordCanaries(cluster, around);
  });
  afterAll(async () => {
    await around?.stop();
    await cluster?.down();
  });

  it('promotes the better model, and takes back what fails, what is slow, and what nothing is known of', () => {
    expect(recording.steps.map(({ title, exitCode }) => [title, exitCode])).toEqual([
      ['the better model', 0],
      ['a model that fails 5 % of the requests', 5],
      ['a model that takes three times as long', 5],
      ['too few requests to say', 5],
    ]);
    expect(stepsSeen(recording).map(({ version, percent, verdict }) => [version, percent, verdict])).toEqual([
      ['v2.2.0', 10, 'passed'],
      ['v2.2.0', 50, 'passed'],
      ['v2.2.0', 100, 'passed'],
      ['v2.3.0-errors', 10, 'failed'],
      ['v2.4.0-slow', 10, 'failed'],
      ['v2.1.0', 2, 'inconclusive'],
    ]);
  });

  it('says what it has measured', async () => {
    const [, errors, slow, few] = recording.steps;
    expect(errors?.message).toMatch(
      /^Deployment\/canary-model: the new version did not pass at 10 % of the requests: errors 0\.0\d+ above /,
    );
    expect(slow?.message).toMatch(
      /at 10 % of the requests: requestSeconds p90 0\.[12]\d* above 1\.5 × 0\.0\d+ of the stable version/,
    );
    expect(few?.message).toMatch(/at 2 % of the requests: \d+ requests of the candidate are too few: at least 25/);
    const revisions = await history(cluster.engine, NAME);
    expect(revisions.map(({ state, canary = [] }) => [state, canary.map(({ verdict }) => verdict)])).toEqual([
      ['superseded', []],
      ['deployed', ['passed', 'passed', 'passed']],
      ['rolled-back', ['failed']],
      ['rolled-back', ['failed']],
      ['rolled-back', ['inconclusive']],
    ]);
  });

  it('loses no request, and gives every prediction rightly', () => {
    expect(recording.sent.length).toBeGreaterThan(2000);
    expect(lost(recording.sent)).toEqual([]);
    const [models, features] = [new Map(trainedModels().map((model) => [model.version, model])), knownTransactions()];
    const wrong = recording.sent.filter(({ status, model = '', transaction, probability = Number.NaN }) => {
      const trained = models.get(modelOf(model) ?? '');
      if (status !== 200 || trained === undefined) return status === 200;
      return !(Math.abs(score(trained, features.get(transaction) ?? {}) - probability) < 1e-9);
    });
    expect(wrong).toEqual([]);
  });

  it('gives each version the share of its weight', () => {
    for (const { version, percent, share } of stepsSeen(recording)) {
      expect(Math.abs(share - percent), `${version} at ${percent} %: ${share} %`).toBeLessThanOrEqual(3);
    }
  });

  it('leaves one version, and nothing of a candidate', async () => {
    const last = recording.sent.slice(-100).map(versionOf);
    expect([...new Set(last)]).toEqual(['v2.2.0']);
    const left = await cluster.kubectl('-n', NAMESPACE, 'get', 'deployments,services,configmaps,networkpolicies', '-o', 'name');
    expect(left).not.toMatch(/canary-model-canary/);
    for (const { title, exitCode, before, after } of recording.steps) {
      if (exitCode === 5) expect([title, after]).toEqual([title, before]);
    }
  });
});
