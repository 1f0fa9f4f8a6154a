/** `my.name`. @see RFC 1123 */
export const SUBDOMAIN: RegExp = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** `my-name`. @see RFC 1123 */
export const LABEL: RegExp = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** `my-name`, not starting with a digit. @see RFC 1035 */
export const LABEL_1035: RegExp = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
/** `My_name.v1`: values of labels, and the last parts of their keys. */
export const QUALIFIED: RegExp = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** What is wrong with a port name, in the API server's words. @see RFC 6335 */
export function portNameFaults(name: string): readonly string[] {
  return [
    ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(/^-|-$/.test(name) ? ['must not begin or end with a hyphen'] : []),
  ];
}
