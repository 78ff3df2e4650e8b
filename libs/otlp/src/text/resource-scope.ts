/**
 * Who sent a block of spans or log records: a resource and an instrumentation scope.
 *
 * Attribute sets are encoded as `AttributesColumn` says; a resource or scope without attributes has the set of none,
 * one zero byte.
 */
export interface ResourceScope {
  /** The text of the resource attribute `service.name`; empty when absent. */
  readonly serviceName: string;
  readonly resourceAttributes: Uint8Array;
  readonly resourceSchemaUrl: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeAttributes: Uint8Array;
  readonly scopeSchemaUrl: string;
}
