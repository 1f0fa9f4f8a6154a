/** How to reach an API server, and as which user: one kubeconfig context, with files read and paths resolved. */
export interface Connection {
  /** `https://10.0.0.1:6443`, with a path when the API is behind one. */
  readonly server: string;
  /** The context's namespace. Default of kubeconfig and of this project: `default`. */
  readonly namespace: string;
  /** The context's name, `in-cluster` for a ServiceAccount. */
  readonly context: string;
  /** PEM of the certificate authorities for the server's certificate. @default - those of the system */
  readonly ca?: string;
  /** Whether to skip certificate verification. */
  readonly insecure?: boolean;
  /** The name in the server's certificate, when it differs from the URL's. */
  readonly serverName?: string;
  /** `http://user:pass@proxy:3128`, no other scheme; the connection is tunneled with CONNECT. */
  readonly proxy?: string;
  readonly auth: AuthConfig;
  /** Whether the context is one of `serving sandbox`: it contains nothing that other teams install. */
  readonly sandbox?: boolean;
}

/** Client identity. Several may be set: a certificate is used for TLS, the first of the others for a header. */
export interface AuthConfig {
  /** PEM certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** A file with a bearer token, which may be rewritten at any time. Takes precedence over `token`. */
  readonly tokenFile?: string;
  readonly token?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly exec?: ExecConfig;
  /** User to impersonate. */
  readonly impersonate?: string;
}

/** A credential plugin, `users[].user.exec` of a kubeconfig. */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The directory for a relative command with a slash. */
  readonly dir?: string;
  readonly installHint?: string;
  readonly interactive: boolean;
  /** Cluster data for `KUBERNETES_EXEC_INFO`, when the plugin requests it. */
  readonly cluster?: Readonly<Record<string, unknown>>;
}
