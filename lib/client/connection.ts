/** How to reach an API server and as whom: everything a kubeconfig says about one context, files read, paths resolved. */
export interface Connection {
  /** `https://10.0.0.1:6443`, with a path when the API is behind one. */
  readonly server: string;
  /** The context's namespace. Default of kubeconfig and of this project: `default`. */
  readonly namespace: string;
  /** The context's name, `in-cluster` for a service account. */
  readonly context: string;
  /** PEM of the authorities that may sign the server's certificate. Default: those of the system. */
  readonly ca?: string;
  /** Accept any certificate. */
  readonly insecure?: boolean;
  /** The name in the server's certificate, when it is not the URL's. */
  readonly serverName?: string;
  /** `http://user:pass@proxy:3128`, no other kind; the connection is tunnelled with CONNECT. */
  readonly proxy?: string;
  readonly auth: AuthConfig;
  /** Whether the context is one of `serving sandbox`: nothing is in it that other teams install. */
  readonly sandbox?: boolean;
}

/** Who the client is. Several may be given: a certificate goes into TLS, the others into a header, the first of which wins. */
export interface AuthConfig {
  /** PEM certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** A file that holds a bearer token and may be rewritten at any time. Wins over `token`. */
  readonly tokenFile?: string;
  readonly token?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly exec?: ExecConfig;
  /** Act as this user. */
  readonly impersonate?: string;
}

/** A credential plugin, `users[].user.exec` of a kubeconfig. */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder that a relative command with a slash starts from. */
  readonly dir?: string;
  readonly installHint?: string;
  readonly interactive: boolean;
  /** What `KUBERNETES_EXEC_INFO` says about the cluster, when the plugin wants it. */
  readonly cluster?: Readonly<Record<string, unknown>>;
}
