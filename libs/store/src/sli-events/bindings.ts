import type { ParameterValue, Parameters } from '../parameters.js';

/** Collects the values of a statement that is put together from parts; equal values share a parameter. */
export class Bindings {
  private readonly names = new Map<string, string>();
  private readonly values: Record<string, ParameterValue> = {};

  /** @param fixed Parameters that the parts name themselves. */
  constructor(fixed: Parameters) {
    Object.assign(this.values, fixed);
  }

  /** The placeholder of a text. */
  text(value: string): string {
    return this.bind('String', value);
  }

  /** The placeholder of a double. */
  number(value: number): string {
    return this.bind('Float64', value);
  }

  /** All parameters so far. */
  get parameters(): Parameters {
    return this.values;
  }

  private bind(type: string, value: string | number): string {
    const key = `${type}:${value}`;
    const name = this.names.get(key) ?? `bound${this.names.size}`;
    this.names.set(key, name);
    this.values[name] = value;
    return `{${name}:${type}}`;
  }
}
