import { channelContract } from './channel-contract.js';
import { slackBotSubject } from './slack-bot.bench.js';

channelContract(slackBotSubject);
