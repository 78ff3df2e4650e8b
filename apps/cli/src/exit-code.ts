/** What the exit status of the command says. Scripts may rely on these. */
export const EXIT = {
  /** Done, and nothing was wrong. */
  ok: 0,
  /** The command worked and the answer is bad: a malformed exposition, a name that does not exist, a refusal. */
  failed: 1,
  /** The command was written wrongly, or names a file that is not what it works on. */
  usage: 2,
  /** It cannot be said yet: a gate that must wait, or does not know. */
  inconclusive: 3,
  /** The server or target cannot be reached: trying again later may help. `EX_UNAVAILABLE` of sysexits(3). */
  unavailable: 69,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
