/**
 * What the documentation of a server promises, apart from our presets: its command line, where it listens, its routes, and what it
 * writes. From the list of facts about runtimes in `../shared/reference` and the sources that it names.
 */
export interface DocumentedServer {
  /** Words that start it, before its flags. Nothing: the entry point of its image does. */
  readonly program: readonly string[];
  /** Flags by name, and what follows them; a server ends on any other flag. */
  readonly flags: Readonly<Record<string, 'text' | 'number' | 'json' | 'switch'>>;
  /** Whether flags and values may be one word (`--port=1`), two words, or both. */
  readonly values: 'one word' | 'two words' | 'both';
  /** Where it finds its model: a flag, a variable, or the first argument without a flag. Nothing: it is in the image. */
  readonly model?: string;
  /** Ports by our name: where their number and their address come from, first come first served, and the defaults. */
  readonly ports: Readonly<Record<string, Listener>>;
  /** Routes over HTTP by port. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  /** Flag without which there are no metrics. */
  readonly metricsFlag?: string;
  /** Files that it writes: alternatives separated by `|`; the first one counts whose variables (or flags) are set. */
  readonly writes: readonly string[];
  /** Whether it asks for the name of its user, which only a variable can tell where /etc/passwd does not have it. */
  readonly asksForUser?: boolean;
  /** What follows the flags of this kind, as a number of words: `--lora-modules a b`. */
  readonly several?: readonly string[];
}

interface Listener {
  /** Flag or variable with the number. */
  readonly port?: string;
  /** Number without it; 0 does not listen. */
  readonly defaultPort: number;
  /** Flag or variable with the address. */
  readonly host?: string;
  readonly defaultHost: '0.0.0.0' | '127.0.0.1';
  /** Flag or variable without which it does not listen. */
  readonly when?: string;
}

const HUB = '$HF_HOME|$XDG_CACHE_HOME/huggingface|$HOME/.cache/huggingface';
const INDUCTOR = '$TORCHINDUCTOR_CACHE_DIR|/tmp/torchinductor_$USER';
const everywhere = (defaultPort: number, port?: string, host?: string): Listener => ({
  defaultPort,
  defaultHost: '0.0.0.0',
  ...(port === undefined ? {} : { port }),
  ...(host === undefined ? {} : { host }),
});
const flags = (kind: 'text' | 'number' | 'json' | 'switch', names: string) =>
  Object.fromEntries(names.split(' ').map((name) => [name, kind] as const));

/** Servers by the name of their preset. */
export const DOCUMENTED = {
  // What this project's own convention asks of a server: docs/runtimes/http.md.
  http: {
    program: [],
    flags: {},
    values: 'both',
    model: 'MODEL_PATH',
    ports: { http: everywhere(8080) },
    routes: { http: ['/health/ready', '/health/live', '/metrics'] },
    writes: [],
  },
  // An application under gunicorn, whose workers write a heartbeat: https://docs.gunicorn.org/en/stable/settings.html#worker-tmp-dir
  flask: {
    program: [],
    flags: {},
    values: 'both',
    model: 'MODEL_PATH',
    ports: { http: everywhere(5000) },
    routes: { http: ['/health', '/predict'] },
    writes: ['$TMPDIR|/tmp'],
  },
  // https://docs.ray.io/en/latest/cluster/cli.html#ray-start, as KubeRay's operator starts it: ray-operator/controllers/ray/common/pod.go
  'ray-serve': {
    program: ['ray', 'start'],
    flags: {
      ...flags('text', '--address --dashboard-host --node-ip-address'),
      ...flags('number', '--port --metrics-export-port --dashboard-agent-listen-port --num-cpus --num-gpus --memory'),
      ...flags('switch', '--head --block --no-monitor'),
    },
    values: 'both',
    model: 'MODEL_PATH',
    ports: {
      // A proxy on every node: RayService sets its address to 0.0.0.0.
      http: everywhere(8000),
      metrics: everywhere(0, '--metrics-export-port'),
      dashboard: { defaultPort: 8265, host: '--dashboard-host', defaultHost: '127.0.0.1', when: '--head' },
      gcs: { ...everywhere(6379, '--port'), when: '--head' },
      client: { ...everywhere(10_001), when: '--head' },
    },
    routes: { http: ['/-/healthz', '/-/routes'], metrics: ['/metrics'] },
    // Its sessions and logs, and the objects of its store.
    writes: ['/tmp/ray/session', '$HOME/.cache', '/dev/shm'],
  },
  // https://docs.vllm.ai/en/latest/cli/serve.html
  vllm: {
    program: ['vllm', 'serve'],
    flags: {
      ...flags(
        'text',
        '--host --served-model-name --dtype --quantization --kv-cache-dtype --tool-call-parser --reasoning-parser',
      ),
      ...flags('text', '--master-addr --chat-template'),
      ...flags(
        'number',
        '--port --tensor-parallel-size --pipeline-parallel-size --data-parallel-size --max-model-len --max-num-seqs',
      ),
      ...flags(
        'number',
        '--gpu-memory-utilization --max-num-batched-tokens --block-size --max-lora-rank --max-loras --max-cpu-loras',
      ),
      ...flags('number', '--shutdown-timeout --nnodes --node-rank'),
      ...flags('json', '--kv-transfer-config --lora-modules --speculative-config'),
      ...flags('switch', '--enable-expert-parallel --trust-remote-code --enable-auto-tool-choice --enable-lora --headless'),
      ...flags(
        'switch',
        '--enable-prefix-caching --no-enable-prefix-caching --enable-chunked-prefill --no-enable-chunked-prefill',
      ),
    },
    values: 'both',
    several: ['--lora-modules'],
    model: 'argument',
    ports: {
      http: everywhere(8000, '--port', '--host'),
      kv: {
        port: 'VLLM_NIXL_SIDE_CHANNEL_PORT',
        defaultPort: 5600,
        host: 'VLLM_NIXL_SIDE_CHANNEL_HOST',
        defaultHost: '127.0.0.1',
        when: '--kv-transfer-config',
      },
    },
    routes: { http: ['/health', '/v1/models', '/metrics'] },
    writes: [
      HUB,
      INDUCTOR,
      '$VLLM_CACHE_ROOT|$XDG_CACHE_HOME/vllm|$HOME/.cache/vllm',
      '$VLLM_CONFIG_ROOT|$XDG_CONFIG_HOME/vllm|$HOME/.config/vllm',
      '$TRITON_CACHE_DIR|$HOME/.triton/cache',
      '$NUMBA_CACHE_DIR|$HOME/.cache/numba',
      '$OUTLINES_CACHE_DIR|$XDG_CACHE_HOME/outlines|$HOME/.cache/outlines',
      '/tmp',
      '/dev/shm',
    ],
    asksForUser: true,
  },
  // https://docs.sglang.ai/advanced_features/server_arguments.html
  sglang: {
    program: ['python3', '-m', 'sglang.launch_server'],
    flags: {
      ...flags('text', '--model-path --served-model-name --host --quantization --dtype --tool-call-parser --reasoning-parser'),
      ...flags('text', '--chat-template --api-key'),
      ...flags('text', '--disaggregation-mode --disaggregation-transfer-backend --dist-init-addr'),
      ...flags(
        'number',
        '--port --tp-size --dp-size --context-length --mem-fraction-static --max-running-requests --nnodes --node-rank --disaggregation-bootstrap-port',
      ),
      ...flags('switch', '--enable-metrics --trust-remote-code'),
    },
    values: 'both',
    model: '--model-path',
    ports: { http: { port: '--port', defaultPort: 30_000, host: '--host', defaultHost: '127.0.0.1' } },
    routes: { http: ['/health', '/health_generate', '/v1/models', '/metrics'] },
    metricsFlag: '--enable-metrics',
    writes: [HUB, INDUCTOR, '$TRITON_CACHE_DIR|$HOME/.triton/cache', '/tmp', '/dev/shm'],
    asksForUser: true,
  },
  // https://github.com/triton-inference-server/server/blob/main/src/command_line_parser.cc
  triton: {
    program: ['tritonserver'],
    flags: {
      ...flags('text', '--model-repository --model-control-mode --load-model --strict-readiness --http-address'),
      ...flags('number', '--http-port --grpc-port --metrics-port --exit-timeout-secs --log-verbose'),
    },
    values: 'both',
    model: '--model-repository',
    ports: {
      http: everywhere(8000, '--http-port', '--http-address'),
      grpc: everywhere(8001, '--grpc-port'),
      // It follows the address of HTTP.
      metrics: everywhere(8002, '--metrics-port', '--http-address'),
    },
    routes: { http: ['/v2/health/live', '/v2/health/ready'], metrics: ['/metrics'] },
    writes: ['$HOME/.cache', '/tmp', '/dev/shm'],
  },
  // https://docs.nvidia.com/nim/large-language-models/latest/configuration.html
  nim: {
    program: [],
    flags: {},
    values: 'both',
    ports: { http: everywhere(8000, 'NIM_SERVER_PORT') },
    routes: { http: ['/v1/health/live', '/v1/health/ready', '/v1/models', '/metrics'] },
    writes: ['$NIM_CACHE_PATH|/opt/nim/.cache', '$OUTLINES_CACHE_DIR|$HOME/.cache/outlines', '$HOME/.cache', '/tmp', '/dev/shm'],
  },
  // https://mlserver.readthedocs.io/en/stable/reference/settings.html
  mlserver: {
    program: ['mlserver', 'start'],
    flags: {},
    values: 'both',
    model: 'argument',
    ports: {
      http: everywhere(8080, 'MLSERVER_HTTP_PORT', 'MLSERVER_HOST'),
      grpc: everywhere(8081, 'MLSERVER_GRPC_PORT', 'MLSERVER_HOST'),
      metrics: everywhere(8082, 'MLSERVER_METRICS_PORT', 'MLSERVER_HOST'),
    },
    routes: { http: ['/v2/health/live', '/v2/health/ready', '/v2/models/*/ready'], metrics: ['/metrics'] },
    writes: [
      '$MLSERVER_METRICS_DIR|/opt/mlserver/.metrics',
      '$MLSERVER_ENVIRONMENTS_DIR|/opt/mlserver/.envs',
      '$TRANSFORMERS_CACHE|/opt/mlserver/.cache',
      '$NUMBA_CACHE_DIR|/opt/mlserver/.cache',
      '$MPLCONFIGDIR|$HOME/.config/matplotlib',
      '/tmp',
    ],
  },
  // https://github.com/kserve/kserve/blob/master/python/huggingfaceserver/huggingfaceserver/__main__.py
  'hugging-face': {
    program: ['python3', '-m', 'huggingfaceserver'],
    flags: {
      ...flags('text', '--model_name --model_dir --model_id --model_revision --backend --task --dtype'),
      ...flags('number', '--http_port --grpc_port --max_model_len'),
      ...flags('switch', '--trust_remote_code'),
    },
    values: 'both',
    model: '--model_dir',
    ports: { http: everywhere(8080, '--http_port'), grpc: everywhere(8081, '--grpc_port') },
    routes: { http: ['/v2/health/live', '/v2/health/ready', '/metrics'] },
    writes: [
      HUB,
      '$TORCHINDUCTOR_CACHE_DIR|/tmp/torchinductor',
      '$VLLM_CACHE_ROOT|$HOME/.cache/vllm',
      '$VLLM_CONFIG_ROOT|$HOME/.config/vllm',
      '$TRITON_CACHE_DIR|$HOME/.triton/cache',
      '$HOME/.config',
      '/tmp',
    ],
  },
  // https://github.com/tensorflow/serving/blob/master/tensorflow_serving/model_servers/main.cc
  'tensorflow-serving': {
    program: ['tensorflow_model_server'],
    flags: {
      ...flags('text', '--model_name --model_base_path --model_config_file --monitoring_config_file --batching_parameters_file'),
      ...flags('number', '--port --rest_api_port --rest_api_timeout_in_ms --file_system_poll_wait_seconds'),
      ...flags('switch', '--enable_batching --enable_model_warmup'),
    },
    // Its own parser knows no value in a word of its own.
    values: 'one word',
    model: '--model_base_path',
    // The REST API is off while its port is 0.
    ports: { http: everywhere(0, '--rest_api_port'), grpc: everywhere(8500, '--port') },
    routes: { http: ['/v1/models/*', '/monitoring/prometheus/metrics'] },
    metricsFlag: '--monitoring_config_file',
    writes: [],
  },
  // https://docs.openvino.ai/2025/model-server/ovms_docs_parameters.html
  openvino: {
    program: [],
    flags: {
      ...flags('text', '--model_name --model_path --config_path --target_device --cache_dir --metrics_list --rest_bind_address'),
      ...flags('number', '--port --rest_port --nireq --file_system_poll_wait_seconds'),
      ...flags('switch', '--metrics_enable'),
    },
    values: 'both',
    model: '--model_path',
    ports: { http: everywhere(0, '--rest_port', '--rest_bind_address'), grpc: everywhere(9178, '--port') },
    routes: { http: ['/v2/health/live', '/v2/health/ready', '/metrics'] },
    metricsFlag: '--metrics_enable',
    writes: ['$--cache_dir|/opt/cache', '/tmp'],
  },
  // https://github.com/bentoml/BentoML/blob/main/src/_bentoml_sdk/cli, and the template of its images
  bentoml: {
    program: ['bentoml', 'serve'],
    flags: { ...flags('text', '--host --working-dir'), ...flags('number', '--port --timeout --timeout-keep-alive --workers') },
    values: 'both',
    ports: { http: { port: '--port', defaultPort: 3000, host: '--host', defaultHost: '127.0.0.1' } },
    routes: { http: ['/livez', '/readyz', '/healthz', '/metrics'] },
    writes: [
      '$BENTOML_HOME|$HOME/bentoml',
      '$PROMETHEUS_MULTIPROC_DIR|$BENTOML_HOME/prometheus',
      '$BENTOML_HF_CACHE_DIR',
      '/tmp',
    ],
  },
  // https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
  'llama-cpp': {
    program: [],
    flags: {
      ...flags('text', '--model --alias --host'),
      ...flags('number', '--port --ctx-size --n-gpu-layers --parallel --threads'),
      ...flags('switch', '--metrics --offline'),
    },
    values: 'two words',
    model: '--model',
    ports: { http: { port: '--port', defaultPort: 9931, host: '--host', defaultHost: '127.0.0.1' } },
    routes: { http: ['/health', '/v1/models', '/metrics', '/slots'] },
    metricsFlag: '--metrics',
    writes: ['$LLAMA_CACHE|$XDG_CACHE_HOME/llama.cpp|$HOME/.cache/llama.cpp'],
  },
  // https://huggingface.co/docs/text-embeddings-inference/cli_arguments
  'text-embeddings': {
    program: [],
    flags: {
      ...flags('text', '--model-id --hostname --dtype --pooling'),
      ...flags('number', '--port --max-batch-tokens --max-concurrent-requests --max-client-batch-size'),
      ...flags('switch', '--auto-truncate'),
    },
    values: 'both',
    model: '--model-id',
    // The kubelet sets HOSTNAME to the pod's name.
    ports: { http: everywhere(3000, '--port', '--hostname') },
    routes: { http: ['/health', '/metrics'] },
    writes: ['$HUGGINGFACE_HUB_CACHE|/data', '/tmp'],
  },
  // https://github.com/ollama/ollama/blob/main/docs/faq.md
  ollama: {
    program: [],
    flags: {},
    values: 'both',
    model: 'OLLAMA_MODELS',
    ports: { http: { port: 'OLLAMA_HOST', defaultPort: 11_434, host: 'OLLAMA_HOST', defaultHost: '127.0.0.1' } },
    routes: { http: ['/', '/api/tags', '/v1/models'] },
    // A key of its own, which it makes at the first start.
    writes: ['$HOME/.ollama', '/tmp'],
  },
} as const satisfies Readonly<Record<string, DocumentedServer>>;
