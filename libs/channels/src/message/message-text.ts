import { formatDuration } from '@tidewatch/core';
import { plainText, truncate } from '../text-limit.js';

/** Longest sentence, and longest name or value, in a message. They keep every message within every channel's limits. */
export const LONGEST_SENTENCE = 900;
export const LONGEST_FACT = 200;
const LONGEST_ADDRESS = 2_000;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One line of plain text of at most `limit` characters. */
export function oneLine(text: string, limit: number): string {
  return truncate(plainText(text).replaceAll('\n', ' ').trim(), limit);
}

/** Plain text of at most `limit` characters that may keep its line breaks. */
export function boundedText(text: string, limit: number): string {
  return truncate(plainText(text).trim(), limit);
}

/** `address` when it is one that a person can open in a browser and that fits into a message, else empty. */
export function httpAddress(address: string): string {
  try {
    const url = new URL(address);
    const web = url.protocol === 'https:' || url.protocol === 'http:';
    return web && url.href.length <= LONGEST_ADDRESS ? url.href : '';
  } catch {
    return '';
  }
}

/** `2026-11-22 10:00:00 UTC`: one zone for everybody who is awake. */
export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Time between two moments to the second: `12m3s`. */
export function lengthText(from: number, to: number): string {
  return formatDuration(Math.max(0, Math.floor((to - from) / SECOND) * SECOND));
}

/** A length as people say it, in one unit: `40 s`, `12 min`, `3 h`, `2 d`. */
export function roughLength(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length < MINUTE) {
    return `${Math.floor(length / SECOND)} s`;
  }
  if (length < 2 * HOUR) {
    return `${Math.floor(length / MINUTE)} min`;
  }
  return length < 2 * DAY ? `${Math.floor(length / HOUR)} h` : `${Math.floor(length / DAY)} d`;
}

/** `text` with a full stop unless it ends in some stop already; empty stays empty. */
export function sentence(text: string): string {
  return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}
