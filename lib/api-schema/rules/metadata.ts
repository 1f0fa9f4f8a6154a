import { type Obj, textOrEmpty } from '../../kube/fields';
import { LABEL, LABEL_1035, QUALIFIED, SUBDOMAIN } from '../../kube/grammar';
import { type Cause, invalidValue, required } from '../failure';
import { objAt, objsAt } from '../json';
import type { KindSchema } from '../schema';

const SUBDOMAIN_WHY =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_WHY =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035_WHY =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const NAME_PART_WHY =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_WHY =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Violations in a name of this kind. */
function nameCauses(kind: KindSchema, name: string, field = 'metadata.name'): Cause[] {
  if (kind.apiVersion.startsWith('rbac.')) {
    return /[/%]/.test(name) || name === '.' || name === '..' ? [invalidValue(field, name, "may not contain '/'")] : [];
  }
  const wrong = (why: string) => [invalidValue(field, name, why)];
  if (kind.kind === 'Namespace') {
    if (name.length > 63) return wrong('must be no more than 63 characters');
    return LABEL.test(name) ? [] : wrong(LABEL_WHY);
  }
  if (kind.kind === 'PodDisruptionBudget') return [];
  if (kind.kind === 'StatefulSet') return LABEL.test(name) ? [] : wrong(LABEL_WHY);
  if (kind.kind === 'Service') {
    if (name.length > 63) return wrong('must be no more than 63 characters');
    return LABEL_1035.test(name) ? [] : wrong(LABEL_1035_WHY);
  }
  if (name.length > 253) return wrong('must be no more than 253 characters');
  return SUBDOMAIN.test(name) ? [] : wrong(SUBDOMAIN_WHY);
}

/** Violations in a DNS label, such as a container's name. */
export function labelNameCauses(field: string, name: string): Cause[] {
  if (name === '') return [required(field)];
  if (name.length > 63) return [invalidValue(field, name, 'must be no more than 63 characters')];
  return LABEL.test(name) ? [] : [invalidValue(field, name, LABEL_WHY)];
}

/** Violations in `metadata`. */
export function metadataCauses(kind: KindSchema, object: Obj): Cause[] {
  const name = textOrEmpty(object, 'metadata', 'name');
  const causes: Cause[] = name === '' ? [required('metadata.name', 'name or generateName is required')] : nameCauses(kind, name);
  causes.push(...labelCauses('metadata.labels', objAt(object, 'metadata', 'labels')));
  for (const key of Object.keys(objAt(object, 'metadata', 'annotations')))
    causes.push(...keyCauses('metadata.annotations', key.toLowerCase()));
  objsAt(object, 'metadata', 'ownerReferences').forEach((owner, i) => {
    for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
      if (textOrEmpty(owner, field) !== '') continue;
      const path = `metadata.ownerReferences[${i}].${field}`;
      causes.push(invalidValue(path, '', field === 'apiVersion' ? 'version must not be empty' : 'must not be empty'));
    }
  });
  return causes;
}

/** Violations in labels. */
export function labelCauses(field: string, labels: Obj): Cause[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const causes = keyCauses(field, key);
    const text = String(value);
    if (text.length > 63) causes.push(invalidValue(field, text, 'must be no more than 63 bytes'));
    if (text !== '' && !QUALIFIED.test(text)) causes.push(invalidValue(field, text, LABEL_VALUE_WHY));
    return causes;
  });
}

function keyCauses(field: string, key: string): Cause[] {
  const slash = key.indexOf('/');
  const [prefix, name] = slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)];
  const causes: Cause[] = [];
  if (slash >= 0 && prefix === '') causes.push(invalidValue(field, key, 'prefix part must be non-empty'));
  else if (prefix !== '' && !SUBDOMAIN.test(prefix)) causes.push(invalidValue(field, key, `prefix part ${SUBDOMAIN_WHY}`));
  if (name === '') causes.push(invalidValue(field, key, 'name part must be non-empty'));
  if (name.length > 63) causes.push(invalidValue(field, key, 'name part must be no more than 63 bytes'));
  if (!QUALIFIED.test(name)) causes.push(invalidValue(field, key, NAME_PART_WHY));
  return causes;
}
