import { channelContract } from './channel-contract.js';
import { slackWebhookSubject } from './slack-webhook.bench.js';

channelContract(slackWebhookSubject);
