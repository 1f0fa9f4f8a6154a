import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validationFile } from '../../apps/images/images';
import { addService } from '../../apps/images/rootfs';
import { trainedModels } from '../../apps/images/train';
import { randomFrom } from '../../apps/images/transactions';
import { aucByPairs } from '../apps/images/auc-by-pairs';
import { ROOT } from '../harness/project';

const SOURCES = join(ROOT, 'apps/images/validator');

describe('what the validator computes', () => {
  const python = (expression: string): number =>
    JSON.parse(
      execFileSync('python3', ['-B', '-c', `import json, metrics; print(json.dumps(${expression}))`], {
        cwd: SOURCES,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    );

  it('is the AUC by definition, also where scores are equal', () => {
    const random = randomFrom(5);
    for (const values of [3, 20, 1_000_000]) {
      const scores = Array.from({ length: 400 }, () => Math.floor(random() * values) / values);
      const labels = scores.map((score) => (random() < score ? 1 : 0));
      const args = `${JSON.stringify(labels)}, ${JSON.stringify(scores)}`;
      expect(python(`metrics.auc(${args})`)).toBeCloseTo(aucByPairs(labels, scores), 12);
    }
    expect(python('metrics.auc([0, 1], [0.1, 0.2])')).toBe(1);
    expect(() => python('metrics.auc([1, 1], [0.1, 0.2])')).toThrow();
  });

  it('is F1 and the percentile by definition', () => {
    // Hits 2, one false alarm, one miss: precision 2/3, recall 2/3.
    expect(python('metrics.f1([1, 1, 1, 0, 0], [0.9, 0.8, 0.1, 0.7, 0.2], 0.5)')).toBeCloseTo(2 / 3, 12);
    expect(python('metrics.f1([1, 0], [0.1, 0.1], 0.5)')).toBe(0);
    expect(python('metrics.percentile(list(range(1, 101)), 0.99)')).toBe(99);
    expect(python('metrics.percentile([5], 0.99)')).toBe(5);
  });
});

describe('the validator', () => {
  const dir = mkdtempSync(join(tmpdir(), 'serving-validator-'));
  beforeAll(() => {
    execFileSync('cp', ['-r', `${SOURCES}/.`, dir]);
    addService(dir, join(ROOT, 'apps/images/model-server/main.ts'), 'server.js');
    writeFileSync(join(dir, 'transactions.csv'), validationFile());
    for (const model of trainedModels()) writeFileSync(join(dir, `${model.version}.pt`), JSON.stringify(model));
  });

  const validate = (
    version: string,
    dataset = dir,
    thresholds = '{"auc":{"min":0.92},"latencyP99Ms":{"max":10000}}',
    live = {},
  ) => {
    const report = join(dir, `${version}.json`);
    writeFileSync(report, '');
    const env = {
      MODEL_PATH: join(dir, `${version}.pt`),
      VALIDATION_DATASET: dataset,
      GATE_THRESHOLDS: thresholds,
      GATE_RESULT_PATH: report,
    };
    const { status, stdout, stderr } = spawnSync('python3', ['-B', 'validate_model.py'], {
      cwd: dir,
      encoding: 'utf8',
      env: { ...process.env, ...env, ...live },
    });
    const text = readFileSync(report, 'utf8');
    return { status, said: stdout + stderr, report: text === '' ? undefined : JSON.parse(text) };
  };

  it('exits with 0 and reports what a server that it starts has shown, when the thresholds are met', () => {
    const { status, report } = validate('v2.2.0');
    expect(status).toBe(0);
    expect(report).toEqual({
      v: 1,
      metrics: { auc: expect.any(Number), f1: expect.any(Number), latencyP99Ms: expect.any(Number) },
      samples: 8000,
    });
  });

  it('exits with 10 when they are not, and reports all the same', () => {
    const { status, report, said } = validate('v2.3.0');
    expect(status).toBe(10);
    expect(report.metrics.auc).toBeLessThan(0.92);
    expect(said).toContain('auc');
  });

  it('exits with 20 when it cannot measure: no data set, too little of it, or a metric that it does not know', () => {
    const few = mkdtempSync(join(tmpdir(), 'serving-validator-'));
    writeFileSync(join(few, 'transactions.csv'), validationFile().split('\n').slice(0, 100).join('\n'));
    expect(validate('v2.2.0', '/nowhere')).toMatchObject({ status: 20, report: undefined });
    expect(validate('v2.2.0', few)).toMatchObject({ status: 20, report: undefined });
    expect(validate('v2.2.0', dir, '{"recall":{"min":0.5}}').status).toBe(20);
  });

  it('is broken, and says so by another exit code, when the candidate does not start', () => {
    const { status, report, said } = validate('v2.4.0');
    expect([status, report]).toEqual([1, undefined]);
    expect(said).toContain('the candidate does not start');
  });

  it('compares with the version that serves now, where one was installed', async () => {
    const server = spawn('node', ['server.js'], {
      cwd: dir,
      env: { ...process.env, MODEL_PATH: join(dir, 'v2.2.0.pt'), PORT: '18312' },
    });
    try {
      const live = { LIVE_URL: 'http://127.0.0.1:18312' };
      await expect
        .poll(() =>
          fetch(`${live.LIVE_URL}/health/ready`).then(
            ({ status }) => status,
            () => 0,
          ),
        )
        .toBe(200);
      const threshold = '{"aucRegression":{"max":0.01}}';
      const worse = validate('v2.1.0', dir, threshold, live);
      expect(worse.status).toBe(10);
      expect(worse.report.metrics.liveAuc).toBe(validate('v2.2.0').report.metrics.auc);
      expect(worse.report.metrics.aucRegression).toBeCloseTo(worse.report.metrics.liveAuc - worse.report.metrics.auc, 3);
      expect(validate('v2.2.0', dir, threshold, live)).toMatchObject({ status: 0, report: { metrics: { aucRegression: 0 } } });
      expect(validate('v2.1.0', dir, threshold, { LIVE_URL: 'http://nothing.invalid' })).toMatchObject({
        status: 0,
        report: { metrics: { aucRegression: 0 } },
      });
      // It is there, and does not answer: that proves nothing.
      expect(validate('v2.1.0', dir, threshold, { LIVE_URL: 'http://127.0.0.1:1' }).status).toBe(20);
    } finally {
      server.kill('SIGKILL');
    }
  });
});
