/** The stretch of time whose error budget is watched. */
export type SloWindow = RollingWindow | CalendarWindow;

/** Always the last `periodMs` milliseconds. */
export interface RollingWindow {
  readonly kind: 'rolling';
  readonly periodMs: number;
}

/** Units of OpenSLO's duration shorthand: minute, hour, day, week, month, quarter, year. */
export type CalendarUnit = 'm' | 'h' | 'd' | 'w' | 'M' | 'Q' | 'Y';

/** Periods of `amount` units that follow each other from `startTime` on, by the clocks of `timeZone`. */
export interface CalendarWindow {
  readonly kind: 'calendar';
  readonly amount: number;
  readonly unit: CalendarUnit;
  /** Local date and time at which one of the periods begins, `YYYY-MM-DD HH:mm:ss`; others lie before and after it. */
  readonly startTime: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}
