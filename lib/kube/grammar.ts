/** `my.name`. @see RFC 1123 */
export const SUBDOMAIN: RegExp = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** `my-name`. @see RFC 1123 */
export const LABEL: RegExp = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** `my-name`, not starting with a digit. @see RFC 1035 */
export const LABEL_1035: RegExp = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
/** `My_name.v1`: values of labels, and the last parts of their keys. */
export const QUALIFIED: RegExp = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
