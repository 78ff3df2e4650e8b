/** Counts requests by signal, transport and the code they were answered with. */
export class RequestCounts {
  private readonly counts = new Map<string, number>();

  /** Notes one answered request. `code` is an HTTP status or the name of a gRPC code. */
  add(signal: string, transport: 'http' | 'grpc', code: string | number): void {
    const key = `${signal} ${transport} ${code}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** All counts since the start. */
  all(): {
    readonly signal: string;
    readonly transport: string;
    readonly code: string;
    readonly count: number;
  }[] {
    return [...this.counts].map(([key, count]) => {
      const [signal = '', transport = '', code = ''] = key.split(' ');
      return { signal, transport, code, count };
    });
  }
}
