export type {
  Channel,
  ChannelOptions,
  ChannelType,
  DeliveryResult,
  Notification,
  SecretReader,
} from './channel.js';
export { channels, openChannel, receiverSchema, secretReferences } from './receiver.js';
export type { Receiver, ReceiverSpec } from './receiver.js';
export type { SecretReference } from './secret-reference.js';
export type { WebhookBody } from './webhook/body.js';
