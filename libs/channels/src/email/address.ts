import { truncate } from '../text-limit.js';

/** A mailbox: what stands in the envelope, and the name that people see. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

const LONGEST_LOCAL_PART = 64;
const LONGEST_ADDRESS = 254;
const LONGEST_NAME = 100;
const LONGEST_MASKED = 60;
/** The unquoted form of RFC 5321, section 4.1.2: what every server takes. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN =
  /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/** A name needs no quotes and cannot end early: none of the characters that mean something in an address header. */
const NAME = /^[^<>()[\]:;@\\,"\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;

/**
 * Reads `alerts@example.com` or `Tidewatch <alerts@example.com>`. One mailbox only: no list, group, comment or quoted local
 * part, and ASCII (an international domain in its `xn--` form), so that nothing a rule says can add a recipient.
 *
 * @returns `null` for what is no such address
 */
export function readAddress(text: string): MailAddress | null {
  const named = /^([^<>]*)<([^<>]*)>$/.exec(text.trim());
  const name = (named?.[1] ?? '').trim().replace(/^"(.*)"$/, '$1');
  const address = named?.[2] ?? text.trim();
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const fits =
    at > 0 &&
    address.length <= LONGEST_ADDRESS &&
    local.length <= LONGEST_LOCAL_PART &&
    LOCAL_PART.test(local) &&
    DOMAIN.test(address.slice(at + 1)) &&
    name.length <= LONGEST_NAME &&
    NAME.test(name);
  return fits ? { name, address } : null;
}

/** What comes after the `@`, in lower case. */
export function domainOf({ address }: MailAddress): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** An address as a log may show it, `a…@example.com`, at most 60 characters long. */
export function maskedAddress(address: string): string {
  const masked = `${address.slice(0, 1)}…${address.slice(address.lastIndexOf('@'))}`;
  return truncate(masked, LONGEST_MASKED);
}
