/** Where a child process's fate is written: the server's logger. */
export interface ProcessLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
