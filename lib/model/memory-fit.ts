/** Facts from a model's `config.json`. */
export interface ModelConfig {
  /** Number of parameters in billions. */
  readonly billionParameters: number;
  /** `hidden_size`. */
  readonly hiddenSize: number;
  /** `num_hidden_layers`. */
  readonly layers: number;
  /** `num_attention_heads`. */
  readonly heads: number;
  /** `num_key_value_heads`. @default - the same as `heads` */
  readonly kvHeads?: number;
  /** `head_dim`. @default - hiddenSize ÷ heads */
  readonly headDim?: number;
  /** Bits per weight in the stored model. @default 16 */
  readonly weightBits?: 4 | 8 | 16 | 32;
  /** `max_position_embeddings`: the maximum context length. */
  readonly maxPositions: number;
}

/** How a server distributes and stores a model. */
export interface Layout {
  /** GPUs per replica, for tensor and pipeline parallelism combined. */
  readonly parallel: number;
  /** Memory of one GPU in bytes. */
  readonly memory: number;
  /** Fraction of a GPU's memory that the server may use. */
  readonly utilization: number;
  /** Maximum prompt plus response. @default - the model's own */
  readonly maxModelLen?: number;
  /** @default - as stored in the model */
  readonly weightBits?: number;
  /** Bytes per value in the KV cache. @default 2 */
  readonly kvBytes?: number;
}

/** Memory of one GPU: available, used by the model, and the maximum context length that fits. */
export interface MemoryFit {
  /** Bytes available to the server. */
  readonly available: number;
  /** Bytes of the weights. */
  readonly weights: number;
  /** Bytes of the KV cache for one request of maximum length. */
  readonly kvCache: number;
  /** Bytes of activations, graphs and the program itself. */
  readonly overhead: number;
  /** Maximum prompt plus response that fits; 0 if even the weights do not. */
  readonly longest: number;
}

const GIB = 2 ** 30;
/** CUDA context, graphs and activations of one GPU. @see https://docs.vllm.ai/en/latest/configuration/conserving_memory.html */
const OVERHEAD = 1.5 * GIB;

/** Computes how a model fits into the memory of one of its GPUs. */
export function memoryFit(model: ModelConfig, layout: Layout): MemoryFit {
  const { hiddenSize, layers, heads, kvHeads = heads, headDim = hiddenSize / heads, billionParameters } = model;
  const { parallel, memory, utilization, maxModelLen = model.maxPositions, kvBytes = 2 } = layout;
  const bits = layout.weightBits ?? model.weightBits ?? 16;
  const weights = (billionParameters * 1e9 * bits) / 8 / parallel;
  // A KV head is not split: with more GPUs than heads, each GPU holds a copy.
  const perToken = (2 * layers * kvHeads * headDim * kvBytes) / Math.min(parallel, kvHeads * Math.max(1, parallel / kvHeads));
  const available = memory * utilization;
  const room = available - weights - OVERHEAD;
  return {
    available,
    weights,
    kvCache: perToken * maxModelLen,
    overhead: OVERHEAD,
    longest: room <= 0 ? 0 : Math.floor(room / perToken),
  };
}
