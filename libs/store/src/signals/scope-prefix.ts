import type { ResourceScope } from '@tidewatch/otlp';
import { RowBinaryWriter } from '../row-binary.js';

/** Columns that every span or record of one scope has alike, in the order of {@link scopePrefixes}. */
export const SCOPE_COLUMNS = [
  { name: 'Project', sql: 'LowCardinality(String)' },
  { name: 'ServiceName', sql: 'LowCardinality(String)' },
  { name: 'ResourceAttributes', sql: 'Map(LowCardinality(String), String)' },
  { name: 'ResourceSchemaUrl', sql: 'LowCardinality(String)' },
  { name: 'ScopeName', sql: 'LowCardinality(String)' },
  { name: 'ScopeVersion', sql: 'LowCardinality(String)' },
  { name: 'ScopeAttributes', sql: 'Map(LowCardinality(String), String)' },
  { name: 'ScopeSchemaUrl', sql: 'LowCardinality(String)' },
] as const;

/** The bytes of {@link SCOPE_COLUMNS} for each scope, written once and copied in front of every row. */
export function scopePrefixes(project: string, scopes: readonly ResourceScope[]): Buffer[] {
  return scopes.map((scope) => {
    const writer = new RowBinaryWriter(256 + scope.resourceAttributes.byteLength);
    writer.text(project);
    writer.text(scope.serviceName);
    writer.raw(scope.resourceAttributes);
    writer.text(scope.resourceSchemaUrl);
    writer.text(scope.scopeName);
    writer.text(scope.scopeVersion);
    writer.raw(scope.scopeAttributes);
    writer.text(scope.scopeSchemaUrl);
    return writer.finish();
  });
}
