import { useState } from 'preact/hooks';
import { sendJson } from './send-json.js';

/** A change that a form or a button sends. */
export interface Sending {
  /** While it is on its way. */
  sending: boolean;
  /** What it ran into, or what is wrong with the form; empty for nothing. */
  problem: string;
  /** Shows what is wrong before anything is sent; an empty text takes it away. */
  refuse: (problem: string) => void;
  /** Sends it. @returns whether the server has done it */
  send: (method: 'POST' | 'DELETE', path: string, body?: unknown) => Promise<boolean>;
}

/** Sends changes below `/api/v1` one at a time, and keeps what went wrong. */
export function useSending(): Sending {
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState('');
  const send: Sending['send'] = async (method, path, body) => {
    setSending(true);
    setProblem('');
    try {
      await sendJson(method, path, body);
      return true;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      setSending(false);
    }
  };
  return { sending, problem, refuse: setProblem, send };
}
