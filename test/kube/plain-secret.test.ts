import { expect, it } from 'vitest';
import { mayBeSecret, secretIn } from '../../lib/kube/plain-secret';

it.each([
  ['DB_PASSWORD', 'hunter2'],
  ['PGPASSWORD', '12345678'],
  ['dbPassword', 'hunter2'],
  ['SECRET_KEY', 'x'],
  ['DJANGO_SECRET_KEY', 'x y'],
  ['AWS_SECRET_ACCESS_KEY', 'x'],
  ['HF_TOKEN', 'x'],
  ['OPENAI_API_KEY', 'x'],
  ['PASSPHRASE', 'https://x'],
  ['REDIS_AUTH', 'x'],
  ['LICENSE_KEY', 'x'],
  ['DATABASE_URL', 'postgres://app:hunter2@db:5432/x'],
  ['ANYTHING', '-----BEGIN RSA PRIVATE KEY-----'],
])('%s=%s is kept out of records and output', (name, value) => expect(mayBeSecret(name, value)).toBe(true));

it.each([
  ['MAX_TOKENS', '512'],
  ['TOKENIZERS_PARALLELISM', 'x'],
  ['TOKENIZER', 'bert'],
  ['PASSWORD_FILE', '/run/secrets/x'],
  ['TOKEN_URL', 'https://x/token'],
  ['SECRET_NAME', 'db'],
  ['TOKEN_TTL', '60'],
  ['REQUIRE_PASSWORD', 'true'],
  ['DB_PASSWORD', ''],
  ['DB_PASSWORD', '$(OTHER)'],
  ['MODEL_NAME', 'fraud'],
  ['CACHE_KEY', 'v1'],
  ['DATABASE_URL', 'postgres://db:5432/x'],
])('%s=%s is shown', (name, value) => expect(mayBeSecret(name, value)).toBe(false));

it('refuses less than it hides', () => {
  expect(secretIn('DB_PASSWORD', 'hunter2')).toBe('what its name calls a secret');
  expect(secretIn('PASSPHRASE', 'hunter2')).toBeUndefined();
});
