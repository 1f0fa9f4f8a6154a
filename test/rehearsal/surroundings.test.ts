import { describe, expect, it } from 'vitest';
import { displayName, type KubeObject } from '../../lib/kube/object';
import { surroundingsOf } from '../../lib/rehearsal/surroundings';
import { sampleObjects } from '../harness/project';

const POD: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    serviceAccountName: 'web',
    priorityClassName: 'high',
    imagePullSecrets: [{ name: 'pull' }],
    nodeSelector: { pool: 'gpu' },
    volumes: [
      { name: 'a', secret: { secretName: 'certificate' } },
      { name: 'b', configMap: { name: 'settings' } },
      { name: 'c', persistentVolumeClaim: { claimName: 'models' } },
      { name: 'd', projected: { sources: [{ secret: { name: 'projected' } }] } },
    ],
    containers: [
      {
        name: 'web',
        image: 'web:1',
        env: [
          { name: 'A', valueFrom: { secretKeyRef: { name: 'login', key: 'user' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
        ],
        envFrom: [{ configMapRef: { name: 'more' } }],
      },
    ],
  },
};

describe('surroundingsOf', () => {
  it('is everything that a pod names', () => {
    const found = surroundingsOf([POD], 'here');
    expect(found.map(displayName)).toEqual([
      'Namespace/here',
      'Secret/certificate',
      'ConfigMap/settings',
      'PersistentVolumeClaim/models',
      'Secret/projected',
      'Secret/login',
      'ConfigMap/more',
      'Secret/pull',
      'ServiceAccount/web',
      'PriorityClass/high',
    ]);
    const login = found.find(({ metadata }) => metadata.name === 'login');
    expect(Object.keys(login?.data as object)).toEqual(['user', 'password']);
  });

  it('is nothing that the manifests hold', () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace: 'here' } };
    const found = surroundingsOf([{ ...POD, spec: { serviceAccountName: 'web' } }, account], 'here');
    expect(found.map(displayName)).toEqual(['Namespace/here']);
    expect(surroundingsOf(sampleObjects('staging', 'fraud-model'), 'here').map(displayName)).toEqual([
      'Namespace/here',
      'Namespace/team-fraud-staging',
      'Secret/staging-tls',
      'Secret/ml-data-reader',
    ]);
  });
});
