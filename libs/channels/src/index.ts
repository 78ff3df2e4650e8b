export type { ActionBody } from './action/action-body.js';
export type { ActionAnswer, ActionDecision, ActionGate, ActionRequest } from './action/action-gate.js';
export type { ActionPlace } from './action/action-target.js';
export { openActionSender } from './action/action-sender.js';
export type { ActionSender } from './action/action-sender.js';
export { ACTION_KINDS } from './action/action-spec.js';
export type { ActionKind, ActionSpec } from './action/action-spec.js';
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
export { KeyedLanes } from './keyed-lanes.js';
export type { SecretReference } from './secret-reference.js';
export type { WebhookBody } from './webhook/body.js';
export { inboundSecretOf } from './inbound/inbound-secret.js';
export type { InboundSecret } from './inbound/inbound-secret.js';
export { pagerdutyActionIn } from './inbound/pagerduty-event.js';
export type { PagerdutyAction } from './inbound/pagerduty-event.js';
export { isSignedByPagerduty, pagerdutySignature } from './inbound/pagerduty-signature.js';
export { slackActionIn } from './slack/slack-action.js';
export type { SlackAction } from './slack/slack-action.js';
export { isSignedBySlack, SLACK_WINDOW_S, slackSignature } from './slack/slack-signature.js';
export type { SlackSigned } from './slack/slack-signature.js';
export { chartSvg } from './chart/chart-svg.js';
export { renderPng } from './chart/render-png.js';
export { shownMembers } from './message/shown-members.js';
export { NO_CONTEXT } from './channel.js';
export type { DeploymentNote, NotificationContext } from './channel.js';
export { isIdempotent } from './idempotence.js';
export type { RateLimit } from './channel.js';
export { openDestination, receiverTraits, takesReports } from './receiver.js';
export { createOutboundClient } from './outbound/create-outbound-client.js';
export type { Report, ReportSection } from './report.js';
export type { Answer, OutboundClient } from './outbound/outbound-client.js';
export type { ClosableOutboundClient, OutboundOptions } from './outbound/create-outbound-client.js';
export type { OutboundRequest } from './outbound/outbound-client.js';
export { checkedSecret, signatureHeaders, verifySignature } from './webhook/standard-webhooks.js';
export { wentLive } from './went-live.js';
