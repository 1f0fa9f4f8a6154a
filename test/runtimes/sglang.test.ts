import { describe, expect, it } from 'vitest';
import { Model, ModelServer, type ModelServerProps, type SglangOptions, sglang } from '../../lib';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { inChart, problemsIn } from '../harness/chart';

const claim = (subPath: 'weights' | 'draft' | 'sql') =>
  Model.claim({ claim: 'models', subPath, path: `/models/${subPath}`, version: 'v1' });
const props = (options: Partial<SglangOptions>, count = 8) =>
  ({
    model: claim('weights'),
    image: 'lmsysorg/sglang:v0.5.17',
    runtime: sglang({ version: '0.5.17', ...options } as SglangOptions),
    gpu: { count },
    resources: { requests: { cpu: '8', memory: '256Gi' }, limits: { memory: '512Gi' } },
  }) as ModelServerProps;
const args = (options: Partial<SglangOptions>): readonly unknown[] => {
  const objects = inChart((chart) => new ModelServer(chart, 'llm', props(options)));
  return objects.flatMap((one) => (one.kind === 'Deployment' ? (podSpecOf(one)?.containers?.[0]?.args ?? []) : []));
};
const codes = (options: Partial<SglangOptions>, count?: number) =>
  problemsIn((chart) => new ModelServer(chart, 'llm', props(options, count))).map(({ code }) => code);

describe('sglang', () => {
  it('counts replicas of attention on the GPUs of tensor parallelism, and other replicas each on their own', () => {
    const attention = { tensorParallelSize: 8, dataParallelSize: 8, dataParallelAttention: true };
    expect(codes(attention)).toEqual([]);
    expect(args(attention)).toEqual(expect.arrayContaining(['--tp-size', '8', '--enable-dp-attention', '--dp-size', '8']));
    expect(codes({ tensorParallelSize: 2, dataParallelSize: 4 })).toEqual([]);
    expect(codes({ tensorParallelSize: 8, dataParallelSize: 8 })).toEqual(['DEVICES_MISMATCH']);
    expect(codes({ tensorParallelSize: 8, dataParallelSize: 3, dataParallelAttention: true })).toEqual(['INVALID_VALUE']);
  });

  it('passes a draft model and adapters by their directories', () => {
    const options: Partial<SglangOptions> = {
      tensorParallelSize: 8,
      speculative: { algorithm: 'EAGLE3', steps: 3, topK: 1, draftTokens: 4, draft: claim('draft') },
      lora: { adapters: { sql: claim('sql') }, maxRank: 32 },
    };
    const line = args(options).join(' ');
    expect(line).toContain('--speculative-algorithm EAGLE3 --speculative-num-steps 3 --speculative-eagle-topk 1');
    expect(line).toContain('--speculative-num-draft-tokens 4 --speculative-draft-model-path /mnt/adapters/draft');
    expect(line).toContain('--enable-lora --max-lora-rank 32');
    expect(line).toContain('--lora-paths sql=/mnt/adapters/sql');
    expect(codes({ tensorParallelSize: 8, lora: { adapters: { draft: claim('sql') } } })).toEqual(['INVALID_VALUE']);
  });

  it('refuses arguments that options cover, and impossible values', () => {
    expect(codes({ tensorParallelSize: 8, extraArgs: ['--ep-size', '8'] })).toEqual(['DUPLICATE_FLAG']);
    expect(codes({ tensorParallelSize: 8, hierarchicalCacheRatio: 1 })).toEqual(['INVALID_VALUE']);
  });
});
