/** Roles of components in a stack. The number orders files and is the wave in which the objects are applied. */
export const ROLES = {
  'prometheus-adapter': 5,
  redis: 10,
  'model-cache': 15,
  'feature-proxy': 20,
  'model-server': 30,
  'inference-pool': 35,
  preprocessor: 40,
  'http-service': 46,
  router: 45,
  route: 48,
  'result-queue': 50,
  'metrics-exporter': 60,
  objectives: 65,
  gate: 90,
} as const;

/** Role of a component; label `app.kubernetes.io/component`. */
export type Role = keyof typeof ROLES;
