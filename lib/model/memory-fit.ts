/** Facts of a model's `config.json`. */
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
  /** Bits of one weight as the model is stored. @default 16 */
  readonly weightBits?: 4 | 8 | 16 | 32;
  /** `max_position_embeddings`: the longest context. */
  readonly maxPositions: number;
}

/** How a server divides and stores a model. */
export interface Layout {
  /** GPUs that one copy is split over by tensors and layers together. */
  readonly parallel: number;
  /** Bytes of one GPU. */
  readonly memory: number;
  /** Fraction of a GPU's memory that the server may take. */
  readonly utilization: number;
  /** Longest prompt plus response. @default - the model's own */
  readonly maxModelLen?: number;
  /** @default - as the model has them */
  readonly weightBits?: number;
  /** Bytes of one value of the KV cache. @default 2 */
  readonly kvBytes?: number;
}

/** Memory of one GPU: what is there, what a model takes, and the longest context that fits. */
export interface MemoryFit {
  /** Bytes that the server may take. */
  readonly available: number;
  /** Bytes of the weights. */
  readonly weights: number;
  /** Bytes of the KV cache of one request of full length. */
  readonly kvCache: number;
  /** Bytes of activations, graphs and the program itself. */
  readonly overhead: number;
  /** The longest prompt plus response that fits; 0 where the weights alone do not. */
  readonly longest: number;
}

const GIB = 2 ** 30;
/** CUDA context, graphs and activations of one GPU. @see https://docs.vllm.ai/en/latest/configuration/conserving_memory.html */
const OVERHEAD = 1.5 * GIB;

/** How a model fits into the memory of one of its GPUs. */
export function memoryFit(model: ModelConfig, layout: Layout): MemoryFit {
  const { hiddenSize, layers, heads, kvHeads = heads, headDim = hiddenSize / heads, billionParameters } = model;
  const { parallel, memory, utilization, maxModelLen = model.maxPositions, kvBytes = 2 } = layout;
  const bits = layout.weightBits ?? model.weightBits ?? 16;
  const weights = (billionParameters * 1e9 * bits) / 8 / parallel;
  // A head of keys and values is not divided: more GPUs than heads hold copies.
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
