/** Names and values that identify where something happened. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The labels that every part of Tidewatch speaks of, each with the OpenTelemetry attributes that carry it, in order
 * of preference (`docs/architecture.md`, "Labels").
 */
export const LABEL_ATTRIBUTES = {
  service: ['service.name'],
  region: ['cloud.region'],
  environment: ['deployment.environment.name'],
  version: ['service.version'],
  model: ['model.name', 'gen_ai.request.model', 'model_name', 'model'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One of the mapped label names. */
export type LabelName = keyof typeof LABEL_ATTRIBUTES;

/** The attribute keys that may carry the label `name`; an unmapped name is its own and only attribute key. */
export function attributeKeysOf(name: string): readonly string[] {
  return Object.hasOwn(LABEL_ATTRIBUTES, name) ? LABEL_ATTRIBUTES[name as LabelName] : [name];
}
