/** The queues of Tidewatch: messages to receivers, and what people do to incidents at a process that is not the writer. */
export const QUEUE_NAMES = ['deliveries', 'incident-commands'] as const;

/** Name of a queue. */
export type QueueName = (typeof QUEUE_NAMES)[number];
